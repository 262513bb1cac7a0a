# Shared by deploy/up, deploy/down and tests/run: messages, packages, the build. Sourced, not run.

say() { printf '%s\n' "$*" >&2; }
step() { printf '\n== %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Debian 12 has the versions of everything we compile against.
check_system() {
  local id='' version=''
  [ -r /etc/os-release ] && id=$(. /etc/os-release && echo "$ID") && version=$(. /etc/os-release && echo "${VERSION_ID:-}")
  [ "$id" = debian ] && [ "$version" = 12 ] && return
  die "this machine runs ${id:-an unknown system} ${version}; Debian 12 (bookworm) is expected"
}

# As root, or through sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

has_recent_node() {
  local version
  command -v npm >/dev/null && version=$(node --version 2>/dev/null) || return 1
  version=${version#v}
  [ "${version%%.*}" -ge 18 ]
}

# missing_packages KIND...: the packages of these kinds that are not installed.
missing_packages() {
  local kind package why wanted
  while read -r kind package why; do
    case $kind in '' | '#'*) continue ;; esac
    for wanted in "$@"; do
      [ "$kind" = "$wanted" ] || continue
      [ "$kind" = web ] && has_recent_node && continue
      dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
    done
  done <"$project/deploy/packages"
}

# apt waits for another apt: up to ten minutes, with a message.
apt_get() {
  local log tries=0
  log=$(mktemp)
  while :; do
    if as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 \
      -o Dpkg::Options::=--force-confold "$@" </dev/null >"$log" 2>&1; then
      rm -f "$log"
      return
    fi
    if ! grep -qE 'Could not get lock|Unable to lock' "$log" || [ $tries -ge 120 ]; then
      tail -n 15 "$log" >&2
      rm -f "$log"
      return 1
    fi
    [ $tries = 0 ] && say "another package installation is running; waiting for it"
    tries=$((tries + 1))
    sleep 5
  done
}

# install_packages KIND...: says what is missing and why, and installs it.
install_packages() {
  local missing
  missing=$(missing_packages "$@")
  [ -z "$missing" ] && return
  step "Packages: $(echo "$missing" | wc -l) are missing"
  local kind package why
  while read -r kind package why; do
    case $kind in '' | '#'*) continue ;; esac
    grep -qxF -- "$package" <<<"$missing" || continue
    printf '  %-26s %s%s\n' "$package" "$why" "$([ "$kind" = run ] || echo " (only for the $kind)")" >&2
  done <"$project/deploy/packages"
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    die "installing packages needs root and there is no sudo. As root run: apt-get install --no-install-recommends $(echo $missing)"
  fi
  say "  reading the package lists"
  apt_get -o APT::Update::Error-Mode=any update || say "  not every package list could be read (the lines above say why); is this machine online? Going on with what is known."
  # Debian's package would make and start a cluster of its own; ours is private, so it is told not to, this once.
  local hold=''
  if grep -qx postgresql-15 <<<"$missing" && [ ! -d /etc/postgresql-common/createcluster.d ]; then
    apt_get install -y --no-install-recommends postgresql-common || die "postgresql-common cannot be installed"
  fi
  if grep -qx postgresql-15 <<<"$missing"; then
    hold=/etc/postgresql-common/createcluster.d/zz-millwright.conf
    as_root mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' | as_root tee "$hold" >/dev/null
  fi
  say "  installing (a few minutes)"
  local code=0
  apt_get install -y --no-install-recommends $missing || code=$?
  [ -n "$hold" ] && as_root rm -f "$hold"
  [ $code = 0 ] || die "the packages cannot be installed; the lines above say why"
}

# Runs a command that Ctrl-C ends with all its children, also when this script has no terminal.
child=''
run() {
  local code=0
  set -m
  "$@" </dev/null &
  child=$!
  set +m
  wait "$child" || code=$?
  child=''
  return $code
}
stop_child() {
  [ -z "$child" ] && return
  kill -TERM -- "-$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || true  # its exit code is that of a command that was stopped
  child=''
}

# Shows ninja's progress as one line that is redrawn, or as a line for each tenth.
show_ninja() {
  local terminal=0
  [ -t 2 ] && terminal=1
  awk -v terminal="$terminal" '
    match($0, /^\[[0-9]+\/[0-9]+\]/) {
      split(substr($0, 2, RLENGTH - 2), part, "/")
      tenth = int(part[1] * 10 / part[2])
      if (terminal) printf "\r  compiled %d of %d ", part[1], part[2] > "/dev/stderr"
      else if (part[2] > 20 && tenth > last) printf "  compiled %d of %d\n", part[1], part[2] > "/dev/stderr"
      last = tenth
      drawn = 1
    }
    END { if (terminal && drawn) printf "\n" > "/dev/stderr" }'
}

configure_and_build() {
  local preset=$1 log=$project/build/$1.log
  shift
  # Paths below the checkout are cached as relative ones, so another clone and another preset of the same flags share what is compiled.
  export CCACHE_BASEDIR=$project CCACHE_NOHASHDIR=1
  mkdir -p "$project/build"
  if [ ! -f "$project/build/$preset/build.ninja" ]; then
    (cd "$project" && cmake --preset "$preset") >"$log" 2>&1 || return
  fi
  (set -o pipefail; cd "$project" && cmake --build "build/$preset" "$@" 2>&1 | tee "$log" | show_ninja)
}

# build PRESET [ARGUMENT...]: configures and compiles, with progress; the end of the log when it fails.
build() {
  local log=$project/build/$1.log
  run configure_and_build "$@" && return
  grep -E 'error:|FAILED:|CMake Error' "$log" | head -n 20 >&2
  tail -n 20 "$log" >&2
  die "the build failed; the whole log is $log"
}

# A text that changes with any file of the web page's source.
web_hash() {
  (cd "$project/web" && find . \( -name node_modules -o -name dist -o -name coverage \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}

# fetch_node_modules FOLDER: what its package-lock.json says, unless it is there already. Not `npm ci`: a newer npm than Debian's
# refuses a lock that leaves out the packages of other operating systems.
fetch_node_modules() {
  local folder=$1 lock installed=$1/node_modules/.millwright-lock log=$project/build/npm.log
  lock=$(sha256sum <"$folder/package-lock.json")
  [ "$(cat "$installed" 2>/dev/null)" = "$lock" ] && return
  say "  fetching the libraries of ${folder#"$project"/}"
  mkdir -p "$project/build"
  run npm --prefix "$folder" install --no-save --no-audit --no-fund --loglevel=error >"$log" 2>&1 || {
    tail -n 15 "$log" >&2
    die "npm could not fetch what ${folder#"$project"/} needs; is this machine online? (npm's registry: $(npm config get registry))"
  }
  echo "$lock" >"$installed"
}

build_web() {
  [ -f "$project/web/package.json" ] || return 0
  local hash stamp=$project/build/web.stamp
  hash=$(web_hash)
  [ -f "$project/web/dist/index.html" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$hash" ] && [ -d "$project/web/node_modules" ] && return
  step "Building the web page"
  fetch_node_modules "$project/web"
  say "  compiling"
  run npm --prefix "$project/web" run build >"$project/build/web.log" 2>&1 || {
    tail -n 30 "$project/build/web.log" >&2
    die "the web page cannot be built; the whole log is $project/build/web.log"
  }
  echo "$hash" >"$stamp"
}
