# Sourced by scripts/loadtest: the networks, the defences, one cell of the matrix, the page.
#
#   users 10.1.0.1-16   a0 ─── f0  filter  f1 ─── v0  198.51.100.10: nginx, dnsmasq
#   floods 198.18/15    10.255.0.2   .1      198.51.100.1
#   bots 172.16.0.1-4

LT_TARGET=198.51.100.10
LT_QUIET=5  # s of peace before the flood: Weir learns what is usual for four
LT_FLOOD=6  # s
LT_SETTLE_MS=500 # after that a flood counts as leaking
LT_COLUMNS="defence,flood,rate_asked,rate_sent,refused_pct,http_served_pct,http_p50_ms,http_p99_ms,dns_served_pct,dns_p50_ms,dns_p99_ms,leak_pct,leaked_ms,detect_ms,filter_cpu_pct,weir_cpu_pct,weir_mb"
LT_PACKAGES=(iproute2 iputils-ping nftables iptables ethtool nginx-light dnsmasq-base wrk procps gawk)

lt_require() { # whether to install
  [ "$(id -u)" = 0 ] || { echo "scripts/loadtest: needs root, for networks of its own" >&2 && exit 2; }
  if [ "$1" = true ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${LT_PACKAGES[@]}" >/dev/null
  fi
  local missing=() program
  for program in ip ping nft iptables ethtool nginx dnsmasq wrk awk taskset chrt; do
    command -v $program >/dev/null || missing+=("$program")
  done
  [ ${#missing[@]} = 0 ] ||
    { echo "scripts/loadtest: missing ${missing[*]}; run it with --install (Debian, Ubuntu), or install ${LT_PACKAGES[*]}" >&2 && exit 2; }
}

lt_machine() {
  echo "$(date -u +%Y-%m-%d), $(nproc) cores of $(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo), Linux $(uname -r), $("$JAVA_HOME/bin/java" -version 2>&1 | sed -n 's/.*(build \(.*\))/JDK \1/p' | head -n 1), load $(cut -d' ' -f1 /proc/loadavg)"
}

# ---- the networks ----

lt_begin() {
  A=weir-lt-$$-a F=weir-lt-$$-f V=weir-lt-$$-v
  work="" cell=""
  trap lt_end EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  work=$(mktemp -d)
  local last=$(($(nproc) - 1))
  # One core makes load and serves, another filters; with more cores the servers have their own.
  attack_cpu=0 filter_cpu=$last serve_cpu=$((last > 1 ? 1 : 0))
  local name
  for name in $A $F $V; do
    ip netns add "$name"
    ip -n "$name" link set lo up
  done
  ip link add a0 netns "$A" type veth peer name f0 netns "$F"
  ip link add f1 netns "$F" type veth peer name v0 netns "$V"
  ip -n "$A" address add 10.255.0.2/30 dev a0
  local i
  for i in {1..16}; do ip -n "$A" address add 10.1.0.$i/32 dev a0; done
  for i in {1..4}; do ip -n "$A" address add 172.16.0.$i/32 dev a0; done
  ip -n "$F" address add 10.255.0.1/30 dev f0
  ip -n "$F" address add 198.51.100.1/24 dev f1
  ip -n "$V" address add $LT_TARGET/24 dev v0
  ip -n "$A" link set a0 up
  ip -n "$F" link set f0 up
  ip -n "$F" link set f1 up
  ip -n "$V" link set v0 up
  ip -n "$A" route add 198.51.100.0/24 via 10.255.0.1
  lt_routes "$F"
  ip -n "$V" route add default via 198.51.100.1
  lt_in $F sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.f0.rp_filter=0 net.ipv4.conf.f0.accept_local=1
  lt_in $A ethtool -K a0 tx off tso off gso off >/dev/null 2>&1 || true
  lt_in $V ethtool -K v0 tx off tso off gso off >/dev/null 2>&1 || true
  # A veth whose other end leaves segmentation to it isn't polled.
  lt_in $F ethtool -K f0 tso off >/dev/null 2>&1 || true
  lt_in $F ethtool -K f1 tso off >/dev/null 2>&1 || true
  lt_polled_by "$filter_cpu" "$F" f0
  lt_polled_by "$filter_cpu" "$F" f1
  lt_polled_by "$serve_cpu" "$V" v0
  lt_polled_by "$attack_cpu" "$A" a0
  lt_in $A nft -f - <<'NFT'
table ip bots {
  chain out {
    type nat hook postrouting priority 100;
    ip saddr 10.255.0.2 tcp dport 80 snat to numgen inc mod 4 map { 0 : 172.16.0.1, 1 : 172.16.0.2, 2 : 172.16.0.3, 3 : 172.16.0.4 }
  }
}
NFT
  lt_in $V nft -f - <<'NFT'
table netdev count {
  counter flood { }
  chain in {
    type filter hook ingress device v0 priority 0;
    ip saddr 198.18.0.0/15 counter name flood
  }
}
NFT
  lt_servers
}

lt_in() { ip netns exec "$@"; }

# Where users, floods and bots are.
lt_routes() { # network
  local prefix
  for prefix in 10.1.0.0/24 172.16.0.0/24 198.18.0.0/15; do ip -n "$1" route replace $prefix via 10.255.0.2; done
}

# Has one core take what comes in at an interface, by a thread of the kernel (threaded NAPI) that comes before processes, like the
# interrupt of a card that it stands for: as a process among others it would wait for the clock's next tick, longer than a veth's 256
# packets last. Left to itself a veth interrupts the core that sends, and all interfaces of a core share one backlog: a busy server then
# drops what a filter passed. What a full ring has no room for, the sender hears of: it is the load's `refused`, and no leak that was stopped.
lt_polled_by() { # core, network, interface
  local before pid
  lt_in "$2" ethtool -K "$3" gro on >/dev/null 2>&1 || true
  before=" $(pgrep "^napi/$3-" | tr '\n' ' ' || true)"
  lt_in "$2" bash -c "echo 1 > /sys/class/net/$3/threaded" 2>/dev/null || return 0
  for pid in $(pgrep "^napi/$3-" || true); do
    [[ $before == *" $pid "* ]] && continue
    taskset -pc "$1" "$pid" >/dev/null || true
    chrt -f -p 1 "$pid" >/dev/null || true
  done
}

lt_servers() {
  mkdir -p "$work/www"
  head -c 512 /dev/zero | tr '\0' x >"$work/www/index.html"
  cat >"$work/nginx.conf" <<NGINX
master_process off;
pid $work/nginx.pid;
error_log $work/nginx.err crit;
worker_rlimit_nofile 65536;
events { worker_connections 16384; }
http {
  log_format short '\$remote_addr';
  access_log $work/access.log short buffer=64k flush=1s;
  client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fcgi; uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
  keepalive_requests 100000;
  server { listen 80 backlog=4096; root $work/www; }
}
NGINX
  chmod 755 "$work"
  ip netns exec $V taskset -c "$serve_cpu" nginx -c "$work/nginx.conf" -g 'daemon off;' &
  ip netns exec $V taskset -c "$serve_cpu" dnsmasq --no-daemon --no-resolv --no-hosts --conf-file=/dev/null --user=root --cache-size=0 \
    --address=/www.example.test/192.0.2.80 --local=/#/ --listen-address=$LT_TARGET --bind-interfaces --pid-file="$work/dns.pid" >/dev/null 2>&1 &
}

lt_end() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP # Cleaning up isn't interrupted.
  local pid name
  {
    [ -z "$cell" ] || kill "$cell" || true
    for name in $A $F $V; do
      # What still runs in a network of ours is ours.
      for pid in $(ip netns pids "$name"); do kill -9 "$pid" || true; done
      ip netns del "$name" || true
    done
    wait || true
  } 2>/dev/null
  [ -z "$work" ] || rm -rf "$work"
  exit "$status"
}

# ---- the defences ----

lt_available() {
  case $1 in
    fastnetmon)
      command -v fastnetmon >/dev/null && return 0
      [ -e "$work/told-fnm" ] || echo "scripts/loadtest: fastnetmon isn't installed (apt-get install fastnetmon): its column is missing" >&2
      touch "$work/told-fnm"
      return 1
      ;;
    c-*)
      command -v cc >/dev/null && cc -O2 -o "$work/$1" "$root/scripts/lib/twins/${1#c-}.c" && return 0
      echo "scripts/loadtest: nothing here compiles C (apt-get install gcc libc6-dev): the column of $1 is missing" >&2
      return 1
      ;;
    weir-*)
      lt_config "${1#weir-}"
      lt_in $F "$root/scripts/weir" run --config "$work/weir.yaml" --plan >"$work/plan" 2>&1 && return 0
      [ -e "$work/told-$1" ] || echo "scripts/loadtest: $1 isn't available here: $(tail -n 1 "$work/plan")" >&2
      touch "$work/told-$1"
      return 1
      ;;
  esac
}

lt_config() { # mode; with lt_unlimited nothing is a flood
  local thresholds="" where="workers: ${LT_WORKERS:-1}, interfaces: [f0]"
  [ "$1" = bridge ] && where="interfaces: [f0, f1], failure: closed"
  [ -n "${lt_unlimited:-}" ] && thresholds=", thresholds: { udp: { pps: 10M, bps: 100G } }, prefix_thresholds: { udp: { pps: 10M, bps: 100G } }"
  cat >"$work/weir.yaml" <<YAML
protect: [{ prefix: 198.51.100.0/24$thresholds }]
run: { mode: $1, $where }
events: $work/events.jsonl
api: { socket: $work/weir.sock }
YAML
}

lt_defend() { # defence, flood
  defence_pid=
  case $1 in
    nftables)
      # What somebody who knows the flood would write: the ceiling.
      local match
      case $2 in
        syn) match='tcp flags == syn tcp window 512' ;;
        udp) match='udp dport != 53' ;;
        ack) match='tcp flags == ack ip length 40' ;;
        icmp) match='icmp type echo-request' ;;
        dns) match='udp dport 53 ip saddr 198.18.0.0/15' ;;
        http) match='tcp dport 80 ip saddr 172.16.0.0/24' ;;
      esac
      lt_in $F nft -f - <<NFT
table netdev defence {
  chain in {
    type filter hook ingress device f0 priority 0;
    ip daddr $LT_TARGET $match drop
  }
}
NFT
      ;;
    hashlimit)
      lt_in $F iptables -t raw -A PREROUTING -i f0 -d $LT_TARGET -m hashlimit --hashlimit-above 400/sec --hashlimit-burst 400 \
        --hashlimit-mode srcip --hashlimit-name weirlt --hashlimit-htable-max 262144 -j DROP
      ;;
    synproxy)
      lt_in $F sysctl -qw net.ipv4.tcp_syncookies=1 net.ipv4.tcp_timestamps=1 net.netfilter.nf_conntrack_tcp_loose=0
      lt_in $F iptables -t raw -A PREROUTING -i f0 -p tcp --syn -j CT --notrack
      lt_in $F iptables -A FORWARD -i f0 -p tcp -m conntrack --ctstate INVALID,UNTRACKED -j SYNPROXY --sack-perm --timestamp --wscale 7 --mss 1460
      lt_in $F iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP
      ;;
    fastnetmon) lt_fastnetmon ;;
    c-*) lt_twin "$1" ;;
    weir-*)
      lt_config "${1#weir-}"
      [ "$1" = weir-bridge ] && lt_bridge
      rm -f "$work/events.jsonl" "$work/weir.err" # or what the one before said would be taken for its word
      ip netns exec $F taskset -c "$(lt_filter_cpus)" "$root/scripts/weir" run --config "$work/weir.yaml" >"$work/weir.out" 2>"$work/weir.err" &
      defence_pid=$!
      lt_wait_for ' on f0' "$work/weir.err" "$defence_pid"
      ;;
  esac
}

# The last cores, one for each worker, as far as those that make the load and serve leave any; of two cores both.
lt_filter_cpus() {
  local first=$((filter_cpu + 1 - ${LT_WORKERS:-1})) free=$((serve_cpu > 0 ? serve_cpu + 1 : 0))
  echo "$((first > free ? first : free))-$filter_cpu"
}

# A program in C that passes everything the same way as Weir does in that mode: what the way alone costs.
lt_twin() { # c-queue, c-bridge or c-xdp
  local arguments=(f0 f1)
  if [ "$1" = c-bridge ]; then
    lt_bridge
    lt_in $F nft -f - <<'NFT'
table netdev twin {
  chain f0 { type filter hook ingress device f0 priority 0; policy drop; }
  chain f1 { type filter hook ingress device f1 priority 0; policy drop; }
}
NFT
  elif [ "$1" = c-xdp ]; then
    arguments=(f0 $LT_TARGET)
  else
    arguments=(0)
    lt_in $F iptables -t raw -A PREROUTING -i f0 -j NFQUEUE --queue-num 0 --queue-bypass
    lt_in $F iptables -t mangle -A FORWARD -o f0 -j NFQUEUE --queue-num 0 --queue-bypass
  fi
  rm -f "$work/twin.err"
  ip netns exec $F taskset -c "$filter_cpu" "$work/$1" "${arguments[@]}" 2>"$work/twin.err" &
  defence_pid=$!
  lt_wait_for ready "$work/twin.err" "$defence_pid"
}

# The filter becomes a cable: the server has the address that users and floods go by.
lt_bridge() {
  is_bridged=1
  ip -n "$F" address flush dev f0
  ip -n "$F" address flush dev f1
  ip -n "$V" address add 10.255.0.1/30 dev v0
  lt_routes "$V"
  ip -n "$A" neighbour flush dev a0
}

lt_unbridge() {
  [ -n "${is_bridged:-}" ] || return 0
  is_bridged=
  ip -n "$V" address del 10.255.0.1/30 dev v0
  ip -n "$V" route flush via 10.255.0.2
  ip -n "$F" address add 10.255.0.1/30 dev f0
  ip -n "$F" address add 198.51.100.1/24 dev f1
  lt_routes "$F"
  # What was still on its way may have told the users the old hardware address once more.
  local i
  for i in {1..10}; do
    ip -n "$V" neighbour flush dev v0
    ip -n "$A" neighbour flush dev a0
    lt_in $A ping -q -c 1 -W 1 -I 10.1.0.1 $LT_TARGET >/dev/null && return
  done
  echo "scripts/loadtest: the target can't be reached any more after the bridge" >&2
  exit 1
}

lt_wait_for() { # text, file, process
  local i
  for i in {1..600}; do
    grep -qs "$1" "$2" && return
    kill -0 "$3" 2>/dev/null || break
    sleep 0.1
  done
  echo "scripts/loadtest: the defence didn't start: $(tail -n 3 "$2")" >&2
  exit 1
}

lt_fastnetmon() {
  cat >"$work/ban" <<BAN
#!/bin/bash
[ "\$4" = ban ] && date +%s%N >> $work/banned
BAN
  chmod +x "$work/ban"
  rm -f "$work/banned"
  echo 198.51.100.0/24 >"$work/networks"
  : >"$work/whitelist"
  sed -e "s#^\(notify_script_path\).*#\1 = $work/ban#; s#^interfaces.*#interfaces = f0#; s#^mirror_afpacket.*#mirror_afpacket = on#; s#^threshold_pps.*#threshold_pps = 20000#; s#^average_calculation_time =.*#average_calculation_time = 1#; s#^networks_list_path.*#networks_list_path = $work/networks#; s#^white_list_path.*#white_list_path = $work/whitelist#" \
    /etc/fastnetmon.conf >"$work/fnm.conf"
  printf 'enable_ban = on\nban_for_pps = on\ndisable_usage_report = on\n' >>"$work/fnm.conf"
  ip netns exec $F taskset -c "$filter_cpu" fastnetmon --configuration_file="$work/fnm.conf" --log_file="$work/fnm.log" >/dev/null 2>&1 &
  defence_pid=$!
  sleep 3
}

lt_undefend() {
  if [ -n "${defence_pid:-}" ]; then
    kill "$defence_pid" 2>/dev/null || true
    wait "$defence_pid" 2>/dev/null || true
    defence_pid=
  fi
  lt_in $F nft flush ruleset 2>/dev/null || true
  # Those of the older iptables are none of its rules.
  lt_in $F iptables -t raw -F 2>/dev/null || true
  lt_in $F iptables -t mangle -F 2>/dev/null || true
  lt_in $F iptables -F 2>/dev/null || true
  lt_in $F sysctl -qw net.netfilter.nf_conntrack_tcp_loose=1 2>/dev/null || true
  lt_unbridge
}

# ---- one cell ----

# Beside this shell, which otherwise would hear of an interruption only at its end.
lt_measure() { # csv, command
  local csv=$1
  shift
  "$@" >"$work/row" &
  cell=$!
  wait "$cell"
  cell=
  tee -a "$csv" <"$work/row" >&2
}

# What reached the server, or the ring before it.
lt_arrived() { lt_in $V bash -c "$(declare -f lt_counted); lt_counted"; }
lt_counted() {
  local word counted=0 before="" name dropped
  for word in $(nft list counter netdev count flood); do
    [ "$before" = packets ] && counted=$word
    before=$word
  done
  while read -r name _ _ _ dropped _; do
    [ "$name" = v0: ] && counted=$((counted + dropped))
  done </proc/net/dev
  echo "$counted"
}

# Until killed: when, sent, arrived, the filter's core busy and all, the defence's own ticks. In the server's network.
lt_sample() { # the filter's core, a process of the users' network, the defence's process
  local arrived fields busy ticks now sent
  while :; do
    arrived=$(lt_counted)
    while read -r -a fields; do
      [ "${fields[0]}" = "cpu$1" ] && break
    done </proc/stat
    busy=$((fields[1] + fields[2] + fields[3] + fields[6] + fields[7]))
    sent=$(grep a0: "/proc/$2/net/dev" 2>/dev/null) && sent=(${sent#*:}) || break
    ticks=0
    if [ -n "${3:-}" ] && ticks=$(<"/proc/$3/stat"); then
      ticks=(${ticks##*) })
      ticks=$((ticks[11] + ticks[12]))
    fi
    now=${EPOCHREALTIME/[.,]/}
    echo "${now}000 ${sent[9]} $arrived $busy $((busy + fields[4] + fields[5])) $ticks"
    sleep 0.1
  done
}

lt_bots() { awk '/^172\.16\./ { n++ } END { print n + 0 }' "$work/access.log"; }
lt_number() { sed "s/.*\"$1\":\([0-9]*\).*/\1/" "$2"; }
lt_json() { sed -n "s/.*\"$2\":{[^}]*\"$3\":\([-0-9.]*\).*/\1/p" "$1"; }

lt_cell() { # defence, flood, rate
  local defence=$1 flood=$2 rate=$3 sampler users generator
  : >"$work/access.log"
  lt_defend "$defence" "$flood"
  ip netns exec $A taskset -c "$attack_cpu" "$root/scripts/weir" load-users --target $LT_TARGET --sources "$(printf '10.1.0.%d,' {1..15})10.1.0.16" \
    --seconds $((LT_QUIET + LT_FLOOD)) --from "$LT_QUIET" >"$work/users.json" &
  users=$!
  lt_in $V taskset -c "$attack_cpu" bash -c "$(declare -f lt_counted lt_sample); lt_sample $filter_cpu $users $defence_pid" >"$work/samples" &
  sampler=$!
  if [ "$flood" = http ]; then
    sleep "$LT_QUIET"
    date +%s%N >"$work/http.start"
    # Whom a defence lets nobody connect to, wrk would ask for minutes.
    ip netns exec $A taskset -c "$attack_cpu" timeout -k 1 $((LT_FLOOD + 1)) wrk -t 1 -c 64 -d "${LT_FLOOD}s" --timeout 2s "http://$LT_TARGET/" >"$work/wrk.out" 2>&1 &
  else
    ip netns exec $A taskset -c "$attack_cpu" "$root/scripts/weir" generate "$flood" --interface a0 --target $LT_TARGET --pps "$rate" \
      --start "$LT_QUIET" --seconds $((LT_QUIET + LT_FLOOD)) --json >"$work/flood.json" 2>"$work/flood.err" &
  fi
  generator=$!
  wait "$generator" || [ "$flood" = http ] || { cat "$work/flood.err" >&2; exit 1; }
  wait "$users"
  local memory=""
  [ -n "$defence_pid" ] && memory=$(awk '/VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$defence_pid/status")
  sleep 0.3
  kill "$sampler" 2>/dev/null || true
  wait "$sampler" 2>/dev/null || true
  lt_row "$defence" "$flood" "$rate" "$memory"
  lt_undefend
  sleep 1 # what nginx still logs
}

lt_row() { # defence, flood, rate, memory
  local start sent refused=0 rate_sent detect="" bots=0
  if [ "$2" = http ]; then
    start=$(cat "$work/http.start")
    sleep 1.2
    bots=$(lt_bots)
    # What bots got without a defence is what they ask for.
    [ "$1" = none ] && echo "$bots" >"$work/bots"
    sent=$(cat "$work/bots" 2>/dev/null || echo 0)
  else
    start=$(awk -v q="$LT_QUIET" 'match($0, /"started_ns":[0-9]+/) { printf "%.0f", substr($0, RSTART + 13, RLENGTH - 13) + q * 1e9 }' "$work/flood.json")
    sent=$(lt_number packets "$work/flood.json")
    refused=$(lt_number refused "$work/flood.json")
  fi
  rate_sent=$((sent / LT_FLOOD))
  case $1 in
    weir-*)
      local stamp
      stamp=$(grep -m 1 '"state":"started"' "$work/events.jsonl" | sed 's/.*"timestamp":"\([^"]*\)".*/\1/') || true
      [ -n "$stamp" ] && detect=$((($(date -d "$stamp" +%s%N) - start) / 1000000))
      ;;
    fastnetmon) [ -s "$work/banned" ] && detect=$((($(head -n 1 "$work/banned") - start) / 1000000)) ;;
  esac
  awk -v start="$start" -v settle="$LT_SETTLE_MS" -v length_s="$LT_FLOOD" -v sent="$sent" -v bots="$bots" -v hertz="$(getconf CLK_TCK)" \
    -v row="$1,$2,$3,$rate_sent" -v refused="$refused" -v detect="$detect" -v memory="$4" -v flood="$2" -v own="${defence_pid:+1}" \
    -v http="$(lt_served http)" -v dns="$(lt_served dns)" '
    $1 < start { sent0 = $2; before = $3; busy0 = $4; all0 = $5; ticks0 = $6; t0 = $1; next }
    $1 < start + settle * 1e6 { sent1 = $2; early = $3 }
    $1 < start + length_s * 1e9 { busy1 = $4; all1 = $5; ticks1 = $6; t1 = $1 }
    { sent2 = $2; last = $3 }
    END {
      if (early == "") { early = before; sent1 = sent0 }
      rest = sent2 > sent0 ? sent * (sent2 - sent1) / (sent2 - sent0) : 0
      if (flood == "http") { leak = sent ? 100 * bots / sent : 0; leaked = "" }
      else { leak = rest ? 100 * (last - early) / rest : 0; leaked = sent ? sprintf("%.0f", (last - before) * 1000 * length_s / sent) : "" }
      cpu = all1 > all0 ? 100 * (busy1 - busy0) / (all1 - all0) : 0
      process = own && t1 > t0 ? sprintf("%.0f", 100 * (ticks1 - ticks0) / hertz / ((t1 - t0) / 1e9)) : ""
      share = refused ? sprintf("%.2f", 100 * refused / (sent + refused)) : flood == "http" ? "" : "0.00"
      printf "%s,%s,%s,%s,%.2f,%s,%s,%.0f,%s,%s\n", row, share, http, dns, leak, leaked, detect, cpu, process, memory
    }' "$work/samples"
}

lt_served() { # http or dns: share, p50, p99
  local asked served
  asked=$(lt_json "$work/users.json" "$1" asked)
  served=$(lt_json "$work/users.json" "$1" served)
  awk -v a="$asked" -v s="$served" -v p50="$(lt_json "$work/users.json" "$1" p50_ms)" -v p99="$(lt_json "$work/users.json" "$1" p99_ms)" \
    'BEGIN { printf "%.2f,%.2f,%.2f", a ? 100 * s / a : 0, p50, p99 }'
}

# ---- throughput without loss, and what it costs in latency ----

LT_TRIAL=2 # s a trial; RFC 2544 asks for 60, which no short run affords
LT_CAP=1000000

lt_trial() { # packets a second: prints the share lost, in hundredths of a per cent
  local before sent
  before=$(lt_arrived)
  ip netns exec $A taskset -c "$attack_cpu" "$root/scripts/weir" generate udp-one-port --interface a0 --target $LT_TARGET --pps "$1" --seconds $LT_TRIAL --json >"$work/trial.json"
  sleep 0.3
  sent=$(lt_number packets "$work/trial.json")
  awk -v sent="$sent" -v got=$(($(lt_arrived) - before)) -v asked=$(($1 * LT_TRIAL)) 'BEGIN {
    # A rate that the generator did not reach has not been passed either.
    print sent < 0.95 * asked ? 10000 : int(10000 * (sent - got) / sent)
  }'
}

lt_throughput() { # defence
  local low=0 high=$LT_CAP middle latency
  local lt_unlimited=1
  lt_defend "$1" udp
  while [ $((high - low)) -gt $((LT_CAP / 50)) ]; do
    middle=$(((low + high) / 2))
    # A ten-thousandth lost is noise of a shared machine; RFC 2544 allows none.
    if [ "$(lt_trial $middle)" -le 1 ]; then low=$middle; else high=$middle; fi
  done
  local share
  for share in 0 50 90; do
    ip netns exec $A taskset -c "$attack_cpu" "$root/scripts/weir" load-users --target $LT_TARGET --sources 10.1.0.1,10.1.0.2 --seconds 4 --from 1 >"$work/users.json" &
    local users=$!
    [ $((low * share / 100)) -gt 0 ] && ip netns exec $A taskset -c "$attack_cpu" "$root/scripts/weir" generate udp-one-port --interface a0 --target $LT_TARGET \
      --pps $((low * share / 100)) --seconds 4 --json >/dev/null
    wait $users
    echo "$1,throughput at $share %,$low,$((low * share / 100)),,$(lt_served http),$(lt_served dns),,,,,,"
  done
  lt_undefend
}

# ---- the page ----

lt_html() { # csv, machine
  cat <<'HTML'
<!doctype html><meta charset="utf-8"><title>Weir: users under attack</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}
td,th{padding:.2rem .5rem;text-align:right;border-bottom:1px solid #ddd}td:first-child,th:first-child{text-align:left}.bad{background:#fbd9d9}.good{background:#dcf3dc}
caption{text-align:left;font-weight:600;padding:1rem 0 .3rem}</style><h1>Users under attack</h1>
HTML
  echo "<p>$(cat "$2")</p>"
  cat <<HTML
<p>200 requests (a connection each) and 100 DNS questions a second from 16 addresses, at the times of a fixed schedule and measured from them (no coordinated omission),
counted over the $LT_FLOOD s of the flood, after $LT_QUIET s of peace. Sent: packets a second that the filter's link took; refused: the share beyond, because its
ring was full. Leak: share of what was sent that reached the server from $LT_SETTLE_MS ms after its start (HTTP: requests served to bots, of those
served without a defence). Leaked: how long of the whole flood that would be. Detection: from the flood's first packet to the event. Green: 99.5 % served, leak of 1 % at the most.
RFC 9411 asks for separate machines, application mixes and long runs: load, filter and servers share this machine.</p>
HTML
  awk -F, '
    NR == 1 { next }
    { key = $2 ", " $3 " packets a second"; if ($2 == "http") key = "http, as many requests as 64 connections get" }
    $2 ~ /^throughput/ { key = "throughput without loss: UDP of 60 bytes (found by halves, trials of 2 s), and latency beside it" }
    key != last { if (last) print "</table>"; print "<table><caption>" key "</caption><tr><th>defence<th>sent/s<th>refused %<th>web %<th>p50 ms<th>p99 ms<th>DNS %<th>p50 ms<th>p99 ms<th>leak %<th>leaked ms<th>detected ms<th>filter core %<th>Weir %<th>MB"; last = key }
    {
      name = $2 ~ /^throughput/ ? $1 " " $2 " of " $3 "/s" : $1
      printf "<tr><td>%s<td>%s<td>%s", name, $4, $5
      printf "<td class=%s>%s<td>%s<td>%s<td class=%s>%s<td>%s<td>%s", mark($6 >= 99.5), $6, $7, $8, mark($9 >= 99.5), $9, $10, $11
      printf "<td class=%s>%s", $12 == "" ? "none" : mark($12 <= 1), $12
      for (i = 13; i <= 17; i++) printf "<td>%s", $i
      print ""
    }
    END { if (last) print "</table>" }
    function mark(good) { return good ? "good" : "bad" }
  ' "$1"
}
