# shellcheck shell=bash disable=SC2154  # variables of the script that sources this
# Finds the programs pgbosun needs and installs those that are missing. Sourced by ../../pgbosun.
# find_X sets the variables for X, or fails if X is missing.

apt_options=()

usable() { "${as_user[@]}" test -x "$1"; }

# For tests of this script: PGBOSUN_IGNORE_INSTALLED="java pg" acts as if these were not installed.
ignored() { [[ " ${PGBOSUN_IGNORE_INSTALLED:-} " == *" $1 "* ]]; }

find_java() {
    local candidates=() jdk version on_path
    if ! ignored java; then
        on_path=$(readlink -f "$(command -v java)" || true)
        candidates=("${JAVA_HOME:-}" "${on_path%/bin/java}" /usr/lib/jvm/*)
    fi
    for jdk in "${candidates[@]}" "$home"/debian/usr/lib/jvm/*; do
        if [[ ! -r $jdk/release ]] || ! usable "$jdk/bin/javac"; then continue; fi
        version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$jdk/release")
        if ((${version:-0} >= 25)); then
            export JAVA_HOME=$jdk
            return
        fi
    done
    return 1
}

find_pg() {
    local candidates=() bin lib program version
    if ! ignored pg; then
        mapfile -t candidates < <(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV)
        candidates=("${PGBOSUN_PG_BIN:-}" "${candidates[@]}" "$(pg_config --bindir 2>/dev/null || true)")
    fi
    for bin in "${candidates[@]}" "$home"/debian/usr/lib/postgresql/*/bin; do
        for program in initdb postgres pg_ctl pg_dump psql pgbench; do
            usable "$bin/$program" || continue 2
        done
        lib=
        [[ $bin == "$home"/debian/* ]] && lib=$(printf '%s:' "$home"/debian{/usr,}/lib/*-linux-gnu*)
        version=$(LD_LIBRARY_PATH="$lib${LD_LIBRARY_PATH:-}" "$bin/postgres" --version 2>/dev/null || true)
        if [[ $version =~ \)\ ([0-9]+) ]] && ((BASH_REMATCH[1] >= 15)); then
            export PGBOSUN_PG_BIN=$bin PGBOSUN_PG_LIB=${lib%:}
            return
        fi
    done
    return 1
}

find_mvn() {
    if ! ignored mvn && mvn=$(command -v mvn) && usable "$mvn"; then return; fi
    mvn=$home/debian/usr/share/maven/bin/mvn
    usable "$mvn"
}

find_node() {
    local version
    ! ignored node && command -v npm >/dev/null && version=$(node --version 2>/dev/null) || return 1
    version=${version#v}
    ((${version%%.*} >= 18))
}

find_jq() { ! ignored jq && command -v jq >/dev/null; }

# What the generated Python client imports: Debian's modules, for Debian's own Python.
find_python() { ! ignored python && /usr/bin/python3 -c 'import pydantic, urllib3, dateutil' 2>/dev/null; }

find_git() { ! ignored git && command -v git >/dev/null; }

find_h2load() {
    local lib=
    if ignored h2load || ! h2load=$(command -v h2load); then
        h2load=$home/debian/usr/bin/h2load
        lib=$(printf '%s:' "$home"/debian{/usr,}/lib/*-linux-gnu*)
    fi
    usable "$h2load" && export H2LOAD=$h2load H2LOAD_LIB=${lib%:}
}

find_promtool() {
    if ignored promtool || ! promtool=$(command -v promtool); then promtool=$home/debian/usr/bin/promtool; fi
    usable "$promtool" && export PROMTOOL=$promtool
}

find_pgbackrest() {
    if ignored pgbackrest || ! pgbackrest=$(command -v pgbackrest); then pgbackrest=$home/debian/usr/bin/pgbackrest; fi
    usable "$pgbackrest" && export PGBOSUN_PGBACKREST=$pgbackrest
}

find_pgbouncer() {
    # daemons are not on the PATH of everybody
    if ignored pgbouncer || ! pgbouncer=$(PATH=$PATH:/usr/sbin command -v pgbouncer); then
        pgbouncer=$home/debian/usr/sbin/pgbouncer
    fi
    usable "$pgbouncer" && export PGBOSUN_PGBOUNCER=$pgbouncer
}

find_etcd() {
    if ignored etcd || ! etcd=$(command -v etcd); then etcd=$home/debian/usr/bin/etcd; fi
    usable "$etcd" && export PGBOSUN_ETCD=$etcd
}

# With fixed paths: it does not work unpacked elsewhere.
find_sshd() {
    ! ignored sshd && usable /usr/sbin/sshd && usable /usr/lib/openssh/sftp-server && command -v ssh ssh-keygen >/dev/null
}

# A program in Python, for Debian's own; it speaks to etcd by another package.
find_patroni() {
    local lib modules
    if ! ignored patroni && patroni=$(command -v patroni); then
        modules=
        lib=
    else
        patroni=$home/debian/usr/bin/patroni
        modules=$home/debian/usr/lib/python3/dist-packages
        lib=$(printf '%s:' "$home"/debian{/usr,}/lib/*-linux-gnu*)
    fi
    usable "$patroni" &&
        PYTHONPATH=$modules LD_LIBRARY_PATH=$lib${LD_LIBRARY_PATH:-} "$patroni" --version >/dev/null 2>&1 &&
        export PGBOSUN_PATRONI=$patroni
}

packages_for() {
    local name newest
    case $1 in
        java)
            for name in {openjdk-{25,26,27,28,29}-jdk-headless,temurin-{25,26,27,28,29}-jdk}; do
                if in_apt "$name"; then
                    echo "$name"
                    return
                fi
            done
            return 1
            ;;
        pg)
            newest=$(apt-cache "${apt_options[@]}" search --names-only '^postgresql-[0-9]+$' |
                sed -n 's/^postgresql-\([0-9]*\) .*/\1/p' | sort -n | tail -1)
            ((${newest:-0} >= 15)) && echo "postgresql-$newest postgresql-client-$newest"
            ;;
        mvn) in_apt maven && echo maven ;;
        # npm is hundreds of Debian packages with fixed paths: it does not work unpacked elsewhere.
        node) [[ $apt_mode == install ]] && in_apt npm && echo nodejs npm ;;
        git | jq) [[ $apt_mode == install ]] && in_apt "$1" && echo "$1" ;;
        promtool) in_apt prometheus && echo prometheus ;;
        pgbackrest | pgbouncer) in_apt "$1" && echo "$1" ;;
        etcd) in_apt etcd-server && echo etcd-server ;;
        sshd) [[ $apt_mode == install ]] && in_apt openssh-server && echo openssh-server openssh-client ;;
        patroni) in_apt patroni && in_apt python3-etcd && echo patroni python3-etcd ;;
        h2load) in_apt nghttp2-client && echo nghttp2-client ;;
        python)
            [[ $apt_mode == install ]] && in_apt python3-pydantic &&
                echo python3 python3-pydantic python3-urllib3 python3-dateutil
            ;;
    esac
}

in_apt() { [[ -n $(apt-cache "${apt_options[@]}" madison "$1" 2>/dev/null) ]]; }

requirement() {
    case $1 in
        java) echo "JDK 25 or newer: point JAVA_HOME to it (the folder with bin/javac)" ;;
        pg) echo "PostgreSQL 15 or newer, server and client programs with pgbench: point PGBOSUN_PG_BIN to the folder with initdb, postgres, pg_dump" ;;
        mvn) echo "Maven 3.8 or newer: put mvn on the PATH" ;;
        node) echo "Node 20 or newer with npm, only for ./pgbosun test: put both on the PATH" ;;
        git | jq) echo "$1, only for ./pgbosun test: put it on the PATH" ;;
        promtool) echo "promtool of Prometheus, only for ./pgbosun test: put it on the PATH" ;;
        pgbackrest) echo "pgBackRest 2.45 or newer, only for ./pgbosun test: put pgbackrest on the PATH" ;;
        pgbouncer) echo "PgBouncer 1.18 or newer, only for ./pgbosun test and bench: put pgbouncer on the PATH" ;;
        etcd) echo "etcd 3.4 or newer, only for ./pgbosun test and bench: put etcd on the PATH" ;;
        sshd) echo "OpenSSH 8.4 or newer, server and client, only for ./pgbosun test: Debian's packages openssh-server, openssh-client" ;;
        patroni) echo "Patroni 3.0.2 or newer with its etcd3, only for ./pgbosun test and bench: put patroni on the PATH" ;;
        h2load) echo "h2load of nghttp2, only for ./pgbosun bench: put it on the PATH" ;;
        python) echo "Python 3 with pydantic, urllib3 and dateutil, only for ./pgbosun test: Debian's packages python3-pydantic, python3-urllib3, python3-dateutil" ;;
    esac
}

die_lacking() {
    local thing
    note "pgbosun: please install, they are missing and cannot be installed from here:"
    for thing in "$@"; do note "  - $(requirement "$thing")"; done
    exit 1
}

quietly() {
    local output
    output=$("$@" 2>&1 </dev/null) || {
        note "$output"
        return 1
    }
}

install_missing() {
    local thing missing=() lacking=() packages=() found apt_get
    for thing in "$@"; do "find_$thing" || missing+=("$thing"); done
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null || die_lacking "${missing[@]}"

    apt_mode=install
    apt_get=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
    if ((EUID != 0)); then
        if sudo -n true 2>/dev/null; then
            apt_get=(sudo -n "${apt_get[@]}")
        else # no rights: lists and packages in folders of our own, unpacked instead of installed
            apt_mode=unpack
            apt_options=(-o "Dir::State::lists=$home/debian/.apt/lists" -o "Dir::Cache=$home/debian/.apt"
                -o Debug::NoLocking=1)
            mkdir -p "$home"/debian/.apt/{lists,archives}/partial
            apt_get+=("${apt_options[@]}")
        fi
    fi
    note "looking for packages: ${missing[*]}"
    quietly "${apt_get[@]}" update || note "apt-get update failed; going on with the lists at hand"
    for thing in "${missing[@]}"; do
        if found=$(packages_for "$thing"); then
            read -ra found <<<"$found"
            packages+=("${found[@]}")
        else
            lacking+=("$thing")
        fi
    done
    ((${#lacking[@]} == 0)) || die_lacking "${lacking[@]}"
    note "installing ${packages[*]} ..."
    "apt_$apt_mode" || die "installing ${packages[*]} failed"
    for thing in "${missing[@]}"; do "find_$thing" || die_lacking "$thing"; done
}

# Uses packages and apt_get of install_missing.
apt_install() {
    local conf=/etc/postgresql-common/createcluster.conf status=0 sudo=()
    ((EUID == 0)) || sudo=(sudo -n)
    # Debian would create and start a cluster "main" on port 5432 that nobody asked for.
    if [[ " ${packages[*]}" == *" postgresql-"* && ! -e $conf ]]; then
        "${sudo[@]}" mkdir -p "${conf%/*}"
        echo "create_main_cluster = false" | "${sudo[@]}" tee "$conf" >/dev/null
    else
        conf=
    fi
    # And an sshd, now and at each boot.
    if [[ " ${packages[*]} " == *" openssh-server "* ]]; then
        "${sudo[@]}" mkdir -p /etc/ssh
        "${sudo[@]}" touch /etc/ssh/sshd_not_to_be_run
        note "no sshd is started for that: /etc/ssh/sshd_not_to_be_run keeps Debian from it"
    fi
    quietly "${apt_get[@]}" install -y --no-install-recommends "${packages[@]}" || status=$?
    [[ -z $conf ]] || "${sudo[@]}" rm -f "$conf"
    return $status
}

apt_unpack() {
    local root=$home/debian deb link target
    # --reinstall: a package that is installed and yet of no use is fetched as well
    quietly "${apt_get[@]}" install -y --no-install-recommends --download-only --reinstall "${packages[@]}" || return
    for deb in "$root"/.apt/archives/*.deb; do
        dpkg-deb -x "$deb" "$root" || return
    done
    rm -rf "$root/.apt"
    # Links to /etc or to packages installed in the system lead nowhere from here: set them right.
    find "$root" -type l -print0 | while IFS= read -r -d '' link; do
        target=$(readlink "$link")
        if [[ $target != /* ]]; then
            [[ ! -e $link ]] || continue
            target=$(realpath -ms "${link%/*}/$target")
            target=${target#"$root"}
        fi
        if [[ -e $root$target || -L $root$target ]]; then
            ln -sfn "$root$target" "$link"
        elif [[ -e $target ]]; then
            ln -sfn "$target" "$link"
        fi
    done
}
