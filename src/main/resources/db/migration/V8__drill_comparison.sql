-- Drills of one series can be compared with each other; null in drills from before.
alter table drill add column series text;
create index drill_by_backup on drill (backup, id);
