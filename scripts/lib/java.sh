# Sourced by the scripts: finds JDK 25 and Maven, and builds when a source is newer than the build.
# Expects $root, the project's folder.

# Sets JAVA_HOME to a JDK 25: the one it names, else one in the usual folders, else the one on the path.
weir_find_java() {
  weir_take_java "${JAVA_HOME:-}" \
    /usr/lib/jvm/*25* /usr/lib64/jvm/*25* /usr/java/*25* /opt/java/* /opt/*jdk*25* \
    "${HOME:-/root}"/.sdkman/candidates/java/25* "${HOME:-/root}"/.jdks/*25* && return
  local javac
  javac=$(command -v javac) && weir_take_java "$(dirname "$(dirname "$(readlink -f "$javac")")")" && return
  cat >&2 <<'MESSAGE'
weir: no JDK 25 found. Install one and set JAVA_HOME to it if it isn't in a usual folder:
  Debian, Ubuntu   apt-get install openjdk-25-jdk-headless, or temurin-25-jdk from https://adoptium.net
  Fedora           dnf install java-25-openjdk-devel
  any              sdk install java 25-tem   (https://sdkman.io)
MESSAGE
  exit 2
}

weir_take_java() { # folders
  local home
  for home; do
    if [ -n "$home" ] && [ -x "$home/bin/javac" ] && weir_is_java_25 "$home"; then
      export JAVA_HOME=$home
      return
    fi
  done
  return 1
}

# By the file that says it where there is one, read without a process of its own: to ask the compiler takes as long as a start of Weir.
weir_is_java_25() { # a JDK's folder
  local said
  if [ -r "$1/release" ]; then
    said=$(<"$1/release")
  else
    said=$("$1/bin/javac" -version 2>&1)
  fi
  [[ $said =~ (^|$'\n')JAVA_VERSION=\"25[.\"] || $said =~ ^javac\ 25 ]]
}

weir_find_maven() {
  if ! command -v mvn >/dev/null; then
    echo "weir: Maven is needed to build (3.8.7 or newer): apt-get install maven, or dnf install maven" >&2
    exit 2
  fi
  # Maven's own libraries use what JDK 25 warns of.
  export MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS:-}"
}

# Whether the build is missing, or older than any source, build file or removed source's folder.
weir_is_stale() {
  local built=$root/detector/target/weir.built
  [ ! -f "$built" ] || [ ! -f "$root/detector/target/weir.jar" ] ||
    [ -n "$(find "$root/pom.xml" "$root"/*/pom.xml "$root"/*/src/main -newer "$built" -print -quit)" ]
}

# Builds if need be. Several calls at once wait for one build.
weir_build() {
  weir_is_stale || return 0
  weir_find_maven
  mkdir -p "$root/.build"
  exec 9>"$root/.build/lock"
  if ! flock -n 9; then
    echo "weir: another build is running; waiting for it" >&2
    flock 9
  fi
  if weir_is_stale; then
    weir_package
  fi
  exec 9>&-
}

weir_package() {
  local log=$root/.build/build.log stamp=$root/.build/started status=0
  touch "$stamp"
  echo "weir: building (the first time also fetches libraries: about a minute)" >&2
  (cd "$root" && mvn -B -ntp package -Punchecked -Dmaven.test.skip=true) </dev/null >"$log" 2>&1 &
  local build=$!
  while kill -0 "$build" 2>/dev/null; do
    if [ -t 2 ]; then
      printf '\r\033[K  %3d s  %s' "$SECONDS" "$(grep -oE 'Building .*\[[0-9]/[0-9]\]|--- [a-z:.-]+' "$log" | tail -n 1 | cut -c1-60)" >&2
    fi
    sleep 0.3
  done
  [ -t 2 ] && printf '\r\033[K' >&2
  wait "$build" || status=$?
  if [ "$status" -ne 0 ]; then
    echo "weir: the build failed:" >&2
    grep -E '^\[(ERROR|WARNING)\]' "$log" | grep -vE 'Help 1|re-run Maven|full stack trace|^\[ERROR\] *$' | head -n 20 >&2
    echo "weir: everything it said is in ${log#"$PWD"/}" >&2
    exit 1
  fi
  # Dated by the start, so that what changed during the build counts as newer.
  mv "$stamp" "$root/detector/target/weir.built"
}

# Adds the cache of loaded classes (JEP 483, 514) to the options, so that a start takes half as long; makes it when a jar or the
# JDK is newer, once. Whatever goes wrong here, Weir starts without it, and nothing is said of that.
weir_cache() {
  local jar=$root/detector/target/weir.jar cache=$root/detector/target/weir.aot
  if weir_cache_is_stale && [ -w "$root/detector/target" ] && { exec 8>"$cache.lock"; } 2>/dev/null; then
    # Who comes meanwhile goes without.
    if flock -n 8 && weir_cache_is_stale; then
      local interrupted=0
      trap 'interrupted=130' INT
      trap 'interrupted=143' TERM
      [ ! -t 2 ] || echo "weir: preparing faster starts (once after a build, some seconds)" >&2
      weir_train -XX:AOTCacheOutput="$cache.new" -jar "$jar" </dev/null >/dev/null 2>&1 || true
      trap - INT TERM
      if [ "$interrupted" -ne 0 ]; then
        rm -f "$cache.new"
        exit "$interrupted"
      fi
      # An empty one says that it can't be had: no start tries again.
      if [ -s "$cache.new" ]; then
        mv -f "$cache.new" "$cache" 2>/dev/null || true
      else
        { : >"$cache"; } 2>/dev/null || true
      fi
    fi
    exec 8>&-
  fi
  if [ -s "$cache" ] && ! weir_cache_is_stale; then
    # Of another JDK or damaged, the JVM leaves it alone; it needn't say so.
    options+=(-XX:AOTCache="$cache" "-Xlog:aot*=off" "-Xlog:cds*=off")
  fi
}

# Does what a start does; where a network of its own can be had, also what a daemon's start does, heard by no systemd.
weir_train() { # the JVM's options
  local way
  for way in "-n" "-rn"; do
    # shellcheck disable=SC2016
    env -u NOTIFY_SOCKET -u WATCHDOG_USEC unshare "$way" sh -c 'ip link set lo up && exec "$@"' weir \
      "$JAVA_HOME/bin/java" "${options[@]}" "$@" train --daemon && return
    [ "$interrupted" -eq 0 ] || return
  done
  "$JAVA_HOME/bin/java" "${options[@]}" "$@" train
}

weir_cache_is_stale() {
  local cache=$root/detector/target/weir.aot file
  for file in "$root"/detector/target/weir.jar "$root"/detector/target/lib/*.jar "$JAVA_HOME/release"; do
    [ "$cache" -nt "$file" ] || return 0
  done
  return 1
}
