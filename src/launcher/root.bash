# shellcheck shell=bash disable=SC2154  # variables of the script that sources this
# What the launcher does as root before it steps down to the service user; and the copy of the
# sources, which everyone who cannot write to the checkout builds in. Sourced by ../../pgbosun.

prepare_user() {
    local user_home
    local -r no_shell=/usr/sbin/nologin
    PATH=$PATH:/usr/sbin:/sbin # plain su leaves them out
    getent passwd "$SERVICE_USER" >/dev/null ||
        useradd --system --user-group --create-home --home-dir "/var/lib/$SERVICE_USER" \
            --shell "$no_shell" "$SERVICE_USER" || die "cannot create the user $SERVICE_USER"
    # The tests start an sshd of this user, which runs nothing for a user without a shell. It has no password: nobody logs
    # in by that, as by Debian's user postgres, which has one too.
    if [[ $1 == test && $(getent passwd "$SERVICE_USER") == *":$no_shell" ]]; then
        usermod --shell /bin/bash "$SERVICE_USER" || die "cannot give the user $SERVICE_USER a shell for the tests' sshd"
        note "the user $SERVICE_USER has a shell now: the tests start an sshd of it"
    fi
    user_home=$(getent passwd "$SERVICE_USER" | cut -d: -f6)
    # setpriv and env exec: the pid the caller sees is the one of the command itself
    as_user=(setpriv --reuid="$SERVICE_USER" --regid="$SERVICE_USER" --init-groups
        env -u XDG_CONFIG_HOME -u XDG_CACHE_HOME -u XDG_DATA_HOME -u XDG_RUNTIME_DIR
        HOME="$user_home" USER="$SERVICE_USER" LOGNAME="$SERVICE_USER")
    "${as_user[@]}" test -w "${TMPDIR:-/tmp}" || unset TMPDIR
}

# Makes the state folder usable for the service user; where that user cannot get at the wanted place
# (root's own home), the folder is put elsewhere and the wanted place becomes a link to it.
place_home() {
    local wanted=$home parent
    home=$(realpath -m "$wanted")
    parent=$(dirname "$home")
    while [[ ! -e $parent ]]; do parent=$(dirname "$parent"); done
    if ! usable "$parent"; then
        if [[ -e $home ]] && ! rmdir "$home" 2>/dev/null; then
            die "the user $SERVICE_USER cannot reach $home, which is not empty: move it away, or set PGBOSUN_HOME to another folder"
        fi
        wanted=$home
        home=/var/lib/$SERVICE_USER/homes/$(printf %s "$wanted" | sha256sum | cut -c1-16)
        [[ ! -e $home ]] || note "using the existing state in $home"
        mkdir -p "$(dirname "$wanted")"
        install -d -m 0700 -o "$SERVICE_USER" -g "$SERVICE_USER" "${home%/*}" "$home"
        ln -sT "$home" "$wanted" 2>/dev/null || [[ $(realpath "$wanted") == "$home" ]] || die "cannot make $wanted a link"
    elif [[ ! -e $home ]]; then
        (umask 022 && mkdir -p "$(dirname "$home")")
        install -d -m 0700 -o "$SERVICE_USER" -g "$SERVICE_USER" "$home"
    elif [[ $(stat -c %U "$home") != "$SERVICE_USER" ]]; then
        [[ -d $home && $(stat -c %u "$home") == 0 && -z $(ls -A "$home") ]] ||
            die "$home is not empty and does not belong to $SERVICE_USER: run as its owner, or set PGBOSUN_HOME to another folder"
        chown "$SERVICE_USER:$SERVICE_USER" "$home"
    fi
}

# The files of the checkout, without what builds leave behind, each with its hash: "HASH  PATH".
source_files() {
    local file files
    mapfile -d '' files < <(git -C "$here" ls-files -co --exclude-standard -z 2>/dev/null)
    [[ " ${files[*]} " == *" pom.xml "* ]] ||
        mapfile -d '' files < <(cd "$here" && find . \( -name target -o -name .git -o -name node_modules \) \
            -prune -o -type f -printf '%P\0')
    for file in "${files[@]}"; do
        if [[ -f $here/$file && $here/$file != "$home"/* ]]; then printf '%s\0' "$file"; fi
    done | (cd "$here" && xargs -0 sha256sum -z) | sort -z
}

# Copies the sources for a user who cannot build in the checkout: only what differs from the last
# copy, so that target and node_modules stay and the next build is quick. Copied files get a new time:
# an edit made during a build would else look older than the classes of that build.
copy_sources() {
    local -x LC_ALL=C # one order for sort and comm
    local list paths=(cut -z -c67-)
    list=$(mktemp -d)
    "${as_user[@]}" mkdir -p "$src"
    lock_sources
    source_files >"$list/new"
    "${as_user[@]}" cat "$src/.files" >"$list/old" 2>/dev/null || true
    # Builds write the OpenAPI document, too: what they left behind must not count as the checkout's.
    {
        comm -z -23 <("${paths[@]}" "$list/old" | sort -z) <("${paths[@]}" "$list/new" | sort -z)
        printf 'openapi/openapi.yaml\0'
    } | (cd "$src" && "${as_user[@]}" xargs -0 rm -f --)
    {
        comm -z -13 "$list/old" "$list/new"
        grep -z '  openapi/openapi.yaml$' "$list/new" || true
    } | "${paths[@]}" | tar -C "$here" --null -T - -c | "${as_user[@]}" tar -C "$src" --no-same-owner -xm
    "${as_user[@]}" tee "$src/.files" <"$list/new" >/dev/null
    exec 8<&-
    rm -rf "$list"
}

launcher() { cat "$1"/pgbosun "$1"/src/launcher/*; }

# The client and stop need nothing new from the checkout, unless the launcher itself is.
prepare_copy() {
    src=$home/build
    if ! is_client "$1" || [[ ! -e $home/app/.stamp ]] ||
        ! cmp -s <(launcher "$here") <(launcher "$src"); then
        copy_sources
    fi
}

# Writes a file of the copy back to the checkout if it differs; read as the service user, so that a
# link placed there cannot make root read something else.
copy_back() {
    local content
    content=$(mktemp)
    if "${as_user[@]}" cat "$src/$1" >"$content" && ! cmp -s "$content" "$here/$1"; then
        mkdir -p "$(dirname "$here/$1")"
        cat "$content" >"$here/$1"
        note "updated $1"
    fi
    rm -f "$content"
}

step_down() {
    local command=$1 file status=0 marker
    prepare_user "$command"
    place_home
    # shellcheck disable=SC2046  # a list of words
    install_missing $(needs "$@")
    prepare_copy "$command"
    export PGBOSUN_HOME=$home
    usable . || cd "$home" || exit
    case $command in
        build | format)
            marker=$(mktemp)
            "${as_user[@]}" bash "$src/pgbosun" "$@" || status=$?
            [[ $command != build ]] || copy_back openapi/openapi.yaml
            if [[ $command == format ]]; then
                while IFS= read -r -d '' file; do copy_back "$file"; done \
                    < <(cd "$src" && find src -name '*.java' -newer "$marker" -print0)
            fi
            rm -f "$marker"
            exit $status
            ;;
        *) exec "${as_user[@]}" bash "$src/pgbosun" "$@" ;;
    esac
}
