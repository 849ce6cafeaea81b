-- What lets the control database keep its pace with millions of operations in it and thousands a second.

-- Operations and their locks change some times in a row: room on their pages keeps the new versions beside the old.
alter table operation set (fillfactor = 60);
alter table operation_lock set (fillfactor = 60);
alter table operation_step set (fillfactor = 80);

-- An event happened when it was written, not when its transaction began: only so are the times between two events of
-- different operations in the order in which they were committed.
alter table operation_event alter column at set default clock_timestamp();

-- A key that is not given needs no entry.
alter table operation drop constraint operation_principal_idempotency_key_key;
create unique index operation_by_key on operation (principal, idempotency_key) where idempotency_key is not null;

-- Lists by state: what is active is little, what failed is little, and what succeeded is nearly everything.
drop index operation_by_state;
drop index operation_waiting;
create index operation_active on operation (id) where ended_at is null;
create index operation_waiting on operation (start_time) where state in ('AWAITING_APPROVAL', 'SCHEDULED');
create index operation_unsuccessful on operation (state, id) where state in ('FAILED', 'CANCELLED', 'REJECTED', 'EXPIRED');
create index operation_deadline on operation (start_deadline)
  where start_deadline is not null and state in ('AWAITING_APPROVAL', 'SCHEDULED', 'QUEUED');
create index operation_by_principal on operation (principal, id);

-- Only what wants a resource for itself stands in the way of those who would share it.
create index operation_lock_exclusive on operation_lock (resource, place) where exclusive;

-- Who stands in the way of a queued operation: those who hold what it wants or stand before it in line, unless both share.
create view operation_blocker as
select mine.operation, other.operation as blocker, other.held, other.place
from operation_lock mine
cross join lateral (
  select o.operation, o.held, o.place from operation_lock o
  where not mine.exclusive and o.exclusive and o.resource = mine.resource and o.operation <> mine.operation
    and (o.held or o.place < mine.place)
  union all
  select o.operation, o.held, o.place from operation_lock o
  where mine.exclusive and o.resource = mine.resource and o.operation <> mine.operation
    and (o.held or o.place < mine.place)
) other;
