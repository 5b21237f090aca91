# Sourced by scripts/bench: replay against other readers of captures, the suite, and the comparison of two results.
# A result is a file of JSON lines: {"name":…,"unit":…,"median":…,"min":…,"max":…}; the first line describes the machine.

bench_machine() {
  printf '{"date":"%s","machine":"%s cores of %s, Linux %s","load":%s,"commit":"%s"}\n' "$(date -u +%FT%TZ)" "$(nproc)" \
    "$(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo)" "$(uname -r)" "$(cut -d' ' -f1 /proc/loadavg)" \
    "$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)"
}

bench_result() { # name, unit; numbers on standard input
  sort -g | awk -v name="$1" -v unit="$2" '{ v[NR] = $1 } END {
    if (NR) printf "{\"name\":\"%s\",\"unit\":\"%s\",\"median\":%.6g,\"min\":%.6g,\"max\":%.6g}\n", name, unit, v[int((NR + 1) / 2)], v[1], v[NR]
  }'
}

bench_seconds() { # command: prints wall seconds
  local start=$EPOCHREALTIME end
  "$@" >/dev/null 2>&1 || { echo "scripts/bench: failed: $*" >&2 && return 1; }
  end=$EPOCHREALTIME
  awk -v a="$start" -v b="$end" 'BEGIN { print b - a }'
}

bench_replay() { # [FILE] [--rounds N] [--out RESULT]
  local file="" rounds=5 out=/dev/null packets round reader
  while [ $# -gt 0 ]; do
    case $1 in
      --rounds) rounds=${2:?} && shift ;;
      --out) out=${2:?} && shift ;;
      *) file=$1 ;;
    esac
    shift
  done
  if [ -z "$file" ]; then
    bench_made=$(mktemp --suffix .pcap)
    trap 'rm -f "$bench_made"' EXIT
    "$root/scripts/weir" generate mixed --pps 100k --out "$bench_made" 2>/dev/null
    file=$bench_made
  fi
  [ -r "$file" ] || { echo "scripts/bench: $file: no such file" >&2 && exit 1; }
  cat "$file" >/dev/null # into the page cache
  packets=$("$root/scripts/weir" replay --json "$file" | sed 's/.*"packets":\([0-9]*\).*/\1/')
  local work
  work=$(mktemp -d)
  # In turn, so that what else the machine does falls on all alike.
  for ((round = 0; round < rounds; round++)); do
    if command -v tcpdump >/dev/null; then
      bench_seconds tcpdump -n -r "$file" -w /dev/null >>"$work/tcpdump writing to null"
      bench_seconds tcpdump -n -r "$file" --count >>"$work/libpcap loop (tcpdump --count)"
    fi
    if command -v tshark >/dev/null && [ "$round" -lt 2 ]; then
      bench_seconds tshark -n -q -z io,stat,1 -r "$file" >>"$work/tshark -q -z io,stat,1"
    fi
    bench_seconds "$root/scripts/weir" replay "$file" >>"$work/weir replay, its start included"
  done
  # Without the start and the compiler: what a long file takes.
  "$root/scripts/weir" bench-pipeline --traffic "$file" --flood --file --passes "$rounds" >"$work/json"
  {
    bench_machine
    for reader in "$work/tcpdump writing to null" "$work/libpcap loop (tcpdump --count)" "$work/tshark -q -z io,stat,1" "$work/weir replay, its start included"; do
      [ -s "$reader" ] && awk -v n="$packets" '{ print n / $1 }' "$reader" | bench_result "${reader##*/}" packets/s
    done
    sed -n 's/.*"ns_per_packet":\([0-9.]*\),"ns_per_packet_min":\([0-9.]*\),"ns_per_packet_max":\([0-9.]*\).*/\1 \2 \3/p' "$work/json" |
      awk '{ print 1e9 / $1; print 1e9 / $2; print 1e9 / $3 }' | bench_result "weir replay, warm" packets/s
  } >"$work/result"
  cp "$work/result" "$out" 2>/dev/null || true
  bench_table "$work/result" "tcpdump writing to null"
  rm -rf "$work"
}

bench_suite() { # RESULT
  local out=${1:?usage: scripts/bench suite RESULT} traffic options name rules=${WEIR_CLASSBENCH:-}
  bench_machine >"$out"
  for options in "--traffic spoofed-syn" "--traffic spoofed-syn --flood" "--traffic spoofed-syn --flood --file" "--traffic established" "--traffic mimicked-syn --flood" "--traffic mixed --flood"; do
    name="pipeline ${options#--traffic }"
    # shellcheck disable=SC2086
    "$root/scripts/weir" bench-pipeline $options --passes 7 | bench_pipeline_lines "$name" >>"$out"
  done
  for rules in "$rules"/*_10k; do
    [ -f "$rules" ] || continue
    "$root/scripts/weir" bench-pipeline --traffic spoofed-syn --rules "$rules" --passes 7 2>/dev/null | bench_pipeline_lines "pipeline spoofed-syn, $(basename "$rules")" >>"$out" || true
  done
  bench_table "$out"
}

# Runs a tool's benchmarks of all modules that have some.
bench_tool() { # jmh or jcstress, and its arguments
  local tool=$1 module path=""
  shift
  (cd "$root" && mvn -q -P"$tool" process-test-classes) || return 1
  for module in filter-core capture detector; do
    [ -d "$root/$module/src/$tool" ] && path=$root/$module/target/test-classes:$(cat "$root/$module/target/$tool.classpath"):$path
    path=$root/$module/target/classes:$path
  done
  "$JAVA_HOME/bin/java" -cp "$path" "org.openjdk.$tool.Main" "$@"
}

bench_stages() { # RESULT, JMH's arguments
  local out=${1:?usage: scripts/bench stages RESULT [arguments of JMH]} csv
  shift
  csv=$(mktemp)
  . "$root/scripts/lib/java.sh"
  weir_find_java
  weir_find_maven
  [ $# -gt 0 ] || set -- 'JudgeBenchmark|ConnectionsBenchmark|DecodeBenchmark|StageBenchmark'
  bench_tool jmh "$@" -prof gc -rf csv -rff "$csv" >&2
  bench_machine >"$out"
  bench_jmh_lines <"$csv" >>"$out"
  rm -f "$csv"
  bench_table "$out"
}

# JMH's table as lines of a result: the mean and its 99.9 % interval; of the profiler what is allocated.
bench_jmh_lines() {
  tr -d '"\r' | awk -F, '
    NR == 1 { for (i = 8; i <= NF; i++) { sub("Param: ", "", $i); param[i] = $i } next }
    {
      bytes = $1 ~ /gc\.alloc\.rate\.norm$/
      if ($1 ~ /gc\./ && !bytes) next
      sub(/:.*/, "", $1)
      n = split($1, path, "."); name = path[n - 1] "." path[n]
      for (i = 8; i <= NF; i++) if ($i != "") name = name " " param[i] " " $i
      error = $6 == "NaN" ? 0 : $6
      printf "{\"name\":\"%s\",\"unit\":\"%s\",\"median\":%.6g,\"min\":%.6g,\"max\":%.6g}\n", name, bytes ? "bytes allocated a packet" : "ns a packet", $5, $5 - error, $5 + error
    }'
}

bench_pipeline_lines() { # name; the benchmark's JSON on standard input
  sed -n 's/.*"ns_per_packet":\([0-9.]*\),"ns_per_packet_min":\([0-9.]*\),"ns_per_packet_max":\([0-9.]*\).*"bytes_per_packet":\([0-9.]*\).*/\1 \2 \3 \4/p' |
    awk -v name="$1" '{
      printf "{\"name\":\"%s\",\"unit\":\"ns a packet\",\"median\":%s,\"min\":%s,\"max\":%s}\n", name, $1, $2, $3
      printf "{\"name\":\"%s\",\"unit\":\"bytes allocated a packet\",\"median\":%s,\"min\":%s,\"max\":%s}\n", name, $4, $4, $4
    }'
}

bench_fields() { # result: name, unit, median, min, max, parted by tabs
  sed -n 's/.*"name":"\([^"]*\)","unit":"\([^"]*\)","median":\([^,]*\),"min":\([^,]*\),"max":\([^}]*\)}.*/\1\t\2\t\3\t\4\t\5/p' "$1"
}

bench_table() { # result, the name that ratios refer to
  sed -n '1s/.*"date":"\([^"]*\)","machine":"\([^"]*\)","load":\([^,]*\),.*/\1, \2, load \3/p' "$1"
  bench_fields "$1" | awk -F'\t' -v base="${2:-}" '
    { name[NR] = $1; unit[NR] = $2; median[NR] = $3; spread[NR] = $3 ? 100 * ($5 - $4) / $3 : 0; if ($1 == base) b = $3 }
    END { for (i = 1; i <= NR; i++) printf "  %-46s %12.4g %-26s spread %3.0f %%%s\n", name[i], median[i], unit[i], spread[i], b ? sprintf("  %.2f of %s", median[i] / b, base) : "" }'
}

bench_compare() { # A, B
  [ $# = 2 ] && [ -r "$1" ] && [ -r "$2" ] || { echo "usage: scripts/bench compare RESULT RESULT" >&2 && exit 2; }
  { bench_fields "$1" | sed 's/^/A\t/'; bench_fields "$2" | sed 's/^/B\t/'; } | awk -F'\t' '
    { key = $2 "\t" $3 }
    $1 == "A" { a[key] = $4; low[key] = $5; high[key] = $6; order[++n] = key; next }
    !(key in a) { printf "  %-46s only in the second\n", $2; next }
    {
      seen[key] = 1
      change = a[key] ? 100 * ($4 - a[key]) / a[key] : ($4 ? 100 : 0)
      # Beyond noise: the two ranges have nothing in common.
      apart = $5 > high[key] || $6 < low[key]
      better = $3 ~ /\/s$/ ? change > 0 : change < 0
      word = !apart ? "within noise" : better ? "BETTER" : "WORSE"
      printf "  %-46s %10.4g to %10.4g %-26s %+6.1f %%  %s\n", $2, a[key], $4, $3, change, word
    }
    END { for (i = 1; i <= n; i++) if (!(order[i] in seen)) { split(order[i], f, "\t"); printf "  %-46s only in the first\n", f[1] } }'
}
