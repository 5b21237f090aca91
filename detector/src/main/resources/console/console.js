// The console of a running daemon: asks its API once a second, listens to its events. Everything it shows is set as text.
'use strict';

const token = () => sessionStorage.getItem('token') || '';
const byId = id => document.getElementById(id);
let chart = null;
let mayOperate = true;

async function ask(path, method = 'GET', body = undefined) {
  const headers = {};
  const mine = token();
  if (mine) headers.Authorization = 'Bearer ' + mine;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const answer = await fetch(path, {method, headers, body: body === undefined ? undefined : JSON.stringify(body)});
  const json = await answer.json();
  if (answer.status === 401) { needToken(mine); throw new Error('a token is needed'); }
  if (!answer.ok) throw new Error((json.problems || [json.title]).join('\n'));
  return json;
}

/** An answer to what was asked before signing in says nothing of the token of now. */
function needToken(asked) {
  if (asked !== token()) return;
  sessionStorage.removeItem('token');
  byId('login').hidden = false;
  document.body.classList.add('out');
  byId('logout').hidden = true;
  byId('state').textContent = 'sign in to see anything';
}

// ---- numbers as people read them
function scaled(value, before, after) {
  const prefixes = ['', 'k', 'M', 'G', 'T'];
  let at = 0;
  while (value >= 999.5 && at < prefixes.length - 1) { value /= 1000; at++; }
  const text = value >= 99.95 || Number.isInteger(value) ? Math.round(value).toString() : value.toFixed(1);
  return text + before + prefixes[at] + after;
}
const rate = (value, unit) => scaled(value, '', ' ' + unit);
const bits = value => scaled(value, ' ', 'bit/s');
const bytes = value => scaled(value, ' ', 'B');
const count = value => Number(value || 0).toLocaleString('en');
function percent(part, whole) {
  if (!whole) return '0 %';
  const p = 100 * part / whole;
  return (p > 0 && p < 0.1 || p > 99.9 && p < 100 ? p.toFixed(2) : p.toFixed(1)) + ' %';
}
function duration(nanos) {
  if (nanos < 1e6) return (nanos / 1e3).toFixed(1) + ' µs';
  if (nanos < 1e9) return (nanos / 1e6).toFixed(nanos < 1e7 ? 1 : 0) + ' ms';
  const s = nanos / 1e9;
  if (s < 120) return s.toFixed(s < 10 ? 1 : 0) + ' s';
  if (s < 7200) return Math.floor(s / 60) + ' min ' + Math.floor(s % 60) + ' s';
  if (s < 172800) return Math.floor(s / 3600) + ' h ' + Math.floor(s % 3600 / 60) + ' min';
  return Math.floor(s / 86400) + ' days';
}
const time = text => text ? text.slice(0, 19).replace('T', ' ') : '';
const millis = text => Date.parse(text.slice(0, 23) + 'Z');

// ---- elements
function make(name, text, className) {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}
const nameOf = element => element.getAttribute('aria-label') || element.getAttribute('href') || element.textContent;
/**
 * Makes an element hold these, changing only what differs: whoever selects, presses or has the focus on something while
 * it is renewed keeps it.
 */
function put(parent, children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  children.forEach((made, at) => {
    const old = parent.childNodes[at];
    if (!old) parent.append(made);
    else if (!old.isEqualNode(made) && !patch(old, made)) old.replaceWith(made);
  });
  while (parent.childNodes.length > children.length) parent.lastChild.remove();
  if (focused && !focused.isConnected) {
    [...parent.querySelectorAll('a, button')].find(one => nameOf(one) === nameOf(focused))?.focus({preventScroll: true});
  }
}
/** Not what can be pressed: it would do what it did before. */
function patch(old, made) {
  if (old.nodeType !== made.nodeType || old.nodeName !== made.nodeName) return false;
  if (old.nodeType === Node.TEXT_NODE) { old.data = made.data; return true; }
  if (old.matches('a, button')) return false;
  old.className = made.className;
  if (made.colSpan) old.colSpan = made.colSpan;
  put(old, [...made.childNodes]);
  return true;
}
function fill(body, rows, empty, columns) {
  if (rows.length === 0) {
    const row = make('tr');
    const cell = make('td', empty, 'none');
    cell.colSpan = columns;
    row.append(cell);
    rows = [row];
  }
  put(body, rows);
}
function row(cells, className) {
  const made = make('tr', undefined, className);
  for (const cell of cells) made.append(cell instanceof Node ? cell : make('td', cell));
  return made;
}
const number = text => make('td', text, 'n');
function button(text, label, action) {
  const made = make('button', text, 'small');
  made.type = 'button';
  made.setAttribute('aria-label', label);
  made.addEventListener('click', action);
  return made;
}

// ---- floods
function target(event) {
  if (!event.dest_ip) return event.dest_prefix;
  const host = event.dest_ip.includes(':') && event.dest_port ? '[' + event.dest_ip + ']' : event.dest_ip;
  return event.dest_port ? host + ':' + event.dest_port : host;
}
function lengthOf(flood) {
  const end = flood.end ? millis(flood.end) : Date.now();
  return duration(Math.max(0, end - millis(flood.start)) * 1e6);
}
const drops = flood => (flood.dropped_packets || 0) + (flood.would_drop_packets || 0);
/** What the vector says beyond the kind. */
const narrowed = flood => flood.vector === flood.kind ? '' : ' (' + flood.vector + ')';
function sentence(event) {
  const flood = event.flood;
  const isOver = flood.state === 'ended';
  const line = make('p', undefined, 'flood');
  const established = flood.collateral.established;
  line.append(
    make('b', flood.kind.toUpperCase() + ' flood'),
    narrowed(flood) + ' on ' + target(event) + ' for ' + lengthOf(flood) + ', '
      + rate(isOver ? flood.peak_pps : flood.pps, isOver ? 'pps at most' : 'pps') + ', '
      + percent(drops(flood), flood.packets) + (flood.would_drop_packets ? ' would have been dropped' : ' dropped'));
  if (flood.signature) line.append(' by signature ', make('code', flood.signature));
  line.append('; ' + count(established.dropped) + ' of ' + count(established.dropped + established.passed)
    + ' packets of established connections lost. ');
  const more = make('a', 'Details');
  more.href = '#flood=' + encodeURIComponent(flood.id);
  line.append(more);
  return line;
}
function showFloods(all) {
  const active = all.filter(event => event.flood.state !== 'ended');
  put(byId('active'), active.length ? active.map(sentence) : [make('p', 'No flood.', 'calm')]);
  document.title = active.length ? '(' + active.length + ') ' + active[0].flood.kind.toUpperCase() + ' flood – Weir' : 'Weir';
  const sources = active.flatMap(event => event.flood.sources.top.map(source => row([
    source.src_ip, number(Math.round(100 * source.share) + ' %'), event.flood.kind + ' on ' + target(event), banCell(source.src_ip)])));
  fill(byId('sources').querySelector('tbody'), sources, 'None has a hundredth or more of a flood.', 4);
  const past = all.slice(-100).reverse().map(event => row([
    make('td', time(event.flood.start), 'time'), linked(event), target(event), number(rate(event.flood.peak_pps, 'pps')),
    number(percent(drops(event.flood), event.flood.packets)), event.flood.state === 'ended' ? lengthOf(event.flood) : 'on'],
    event.flood.state === 'ended' ? '' : 'drop'));
  fill(byId('history').querySelector('tbody'), past, 'No flood since the start.', 6);
  showFlood(all);
}
function linked(event) {
  const cell = make('td');
  const link = make('a', event.flood.kind + narrowed(event.flood));
  link.href = '#flood=' + encodeURIComponent(event.flood.id);
  cell.append(link);
  return cell;
}
function banCell(address) {
  const cell = make('td', undefined, 'operate');
  cell.append(button('Ban', 'Ban ' + address, () => {
    byId('ban').elements.prefix.value = address;
    byId('ban').elements.reason.value = 'flood';
    byId('bans').scrollIntoView();
    byId('ban').querySelector('button').focus();
  }));
  return cell;
}
function showFlood(all) {
  const page = byId('flood');
  const id = location.hash.startsWith('#flood=') ? decodeURIComponent(location.hash.slice(7)) : '';
  const event = all.find(one => one.flood.id === id);
  page.hidden = !id;
  if (!id) return;
  page.querySelector('h3').hidden = byId('timeline').hidden = byId('untimed').hidden = !event;
  if (!event) {
    byId('h-flood').textContent = 'This flood is no longer known';
    put(page.querySelector('dl'), []);
    return;
  }
  const flood = event.flood;
  const list = make('dl');
  const add = (name, value) => { if (value) list.append(make('dt', name), value instanceof Node ? value : make('dd', value)); };
  add('Target', target(event));
  add('Began', time(flood.start) + ' UTC, found ' + flood.detection_ms + ' ms later by ' + flood.detector);
  add('Over', flood.end ? time(flood.end) + ' UTC, after ' + lengthOf(flood) : '');
  add('Rate', rate(flood.pps, 'pps') + ' now, ' + rate(flood.peak_pps, 'pps') + ' and ' + bits(flood.peak_bps) + ' at most');
  add('Threshold', Object.entries(flood.threshold).map(([unit, limit]) => rate(limit, unit)).join(', '));
  add('Packets', count(flood.packets) + ', of which ' + percent(drops(flood), flood.packets)
    + (flood.would_drop_packets ? ' would have been dropped' : ' dropped'));
  add('Sources', count(flood.sources.distinct) + (flood.sources.top.length
    ? ', most from ' + flood.sources.top.map(one => one.src_ip + ' (' + Math.round(100 * one.share) + ' %)').join(', ') : ''));
  add('Mitigation', flood.mitigation.join(', ') || 'none: observing');
  for (const signature of flood.signatures || []) {
    const cell = make('dd');
    cell.append(make('code', signature.text), ' ' + signature.state + ': matches ' + (100 * signature.attack_share).toFixed(1)
      + ' % of ' + count(signature.attack_samples) + ' samples of the flood, '
      + (signature.peace_samples ? 'at most ' + (100 * signature.peace_share_bound).toFixed(3) + ' % of ' + count(signature.peace_samples) + ' of peace'
        : 'no peace was seen to compare with')
      + '; ' + count(signature.packets) + ' packets had it');
    add('Signature', cell);
  }
  for (const [who, name] of [['established', 'Connections'], ['credible', 'Known sources'], ['newcomers', 'Newcomers']]) {
    const lost = flood.collateral[who];
    add(name, count(lost.dropped) + ' of ' + count(lost.dropped + lost.passed) + ' packets lost');
  }
  add('Delayed', flood.collateral.delayed_connections ? count(flood.collateral.delayed_connections) + ' connections' : '');
  if (flood.capture) add('Capture', captureCell(flood.capture));
  byId('h-flood').textContent = flood.kind.toUpperCase() + ' flood' + narrowed(flood) + ' on ' + target(event);
  put(page.querySelector('dl'), [...list.childNodes]);
}

function captureCell(name) {
  const cell = make('dd', name + ' ');
  const get = button('Download', 'Download the packets around this flood', () => download(name, get));
  get.classList.add('operate');
  cell.append(get);
  if (failedDownloads[name]) cell.append(' ' + failedDownloads[name]);
  return cell;
}
const failedDownloads = {};
/** With the token, which a plain link wouldn't send. */
async function download(name, get) {
  get.disabled = true;
  delete failedDownloads[name];
  try {
    const answer = await fetch('/api/v1/capture?name=' + encodeURIComponent(name),
      {headers: token() ? {Authorization: 'Bearer ' + token()} : {}});
    if (!answer.ok) throw new Error((await answer.json()).problems.join('\n'));
    const link = make('a');
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  } catch (refused) {
    failedDownloads[name] = refused.message;
  }
  get.disabled = false;
}

// ---- the rest
/** The one of the kernel's queues and rings that is nearest to losing packets. */
function fullest(intakes) {
  const first = [...intakes].sort((a, b) => b.waiting / b.capacity - a.waiting / a.capacity)[0];
  return first ? [[percent(first.waiting, first.capacity), 'of ' + first.name + ' in use'
    + (intakes.length > 1 ? ', the fullest of ' + intakes.length : '')]] : [];
}
function showStatus(status) {
  byId('lost').hidden = true;
  byId('state').textContent = status.mode + ' on ' + status.interfaces.join(', ')
    + (status.observe ? ', observing: nothing is dropped' : ', dropping') + ', up ' + duration(status.uptime_ns);
  const tiles = [
    [rate(status.now.passed_pps, 'pps'), 'passes, ' + bits(status.now.passed_bps)],
    [rate(status.now.dropped_pps, 'pps'), 'dropped, ' + bits(status.now.dropped_bps)],
    [count(status.connections), 'connections of ' + scaled(status.connection_capacity, '', '')],
    [duration(status.latency_ns.p99), 'p99 latency, p50 ' + duration(status.latency_ns.p50)],
    [count(status.bans), status.bans === 1 ? 'ban' : 'bans'],
    ...fullest(status.intakes),
    [count(status.lost_packets), 'packets not seen']];
  put(byId('now'), tiles.map(([value, name]) => {
    const tile = make('div');
    tile.append(make('b', value), make('span', name));
    return tile;
  }));
  const rows = Object.entries(status.reasons).map(([reason, all]) => row(
    [all.verdict, reason, number(rate(status.now.reasons[reason] || 0, 'pps')), number(count(all.packets))], all.verdict));
  fill(byId('reasons').querySelector('tbody'), rows, 'No packet yet.', 4);
  const ways = status.traffic.map(way => row([way.interface, way.direction, number(count(way.packets)), number(bytes(way.bytes)),
    number(percent(way.dropped, way.packets))]));
  fill(byId('ways').querySelector('tbody'), ways, 'No packet yet.', 5);
  byId('foot').textContent = 'Weir ' + status.version + ', protecting ' + status.protect.join(', ');
}
// ---- connections, when asked for
let foundNext = 0;
let foundQuery = '';
const end = (address, port) => port === undefined ? address : (address.includes(':') ? '[' + address + ']' : address) + ':' + port;
async function findConnections(isMore) {
  const section = byId('connections');
  const fields = byId('find').elements;
  if (!isMore) {
    foundNext = 0;
    foundQuery = ['prefix', 'port', 'protocol', 'state'].filter(name => fields[name].value.trim())
      .map(name => '&' + name + '=' + encodeURIComponent(fields[name].value.trim())).join('');
  }
  try {
    const page = await ask('/api/v1/connections?limit=100&from=' + foundNext + foundQuery);
    const rows = page.connections.map(one => row([one.proto, end(one.src_ip, one.src_port), end(one.dest_ip, one.dest_port),
      one.state, make('td', time(one.opened), 'time'), make('td', time(one.last_seen), 'time')]));
    const body = section.querySelector('tbody');
    if (isMore) body.append(...rows); else fill(body, rows, 'No such connection.', 6);
    section.querySelector('table').hidden = false;
    foundNext = page.next || 0;
    byId('found').textContent = '';
  } catch (refused) {
    byId('found').textContent = refused.message;
  }
  byId('more').hidden = !foundNext;
}
byId('find').addEventListener('submit', event => { event.preventDefault(); findConnections(false); });
byId('more').addEventListener('click', () => findConnections(true));
function showRules(rules) {
  const rows = rules.slice(0, 200).map(rule => row([
    rule.direction, rule.implicit ? rule.place : rule.text, number(count(rule.packets)), number(bytes(rule.bytes)), make('td', time(rule.last), 'time')]));
  fill(byId('rules').querySelector('tbody'), rows, 'No rules: everything is accepted.', 5);
}
function showBans(bans) {
  const rows = bans.slice(0, 500).map(ban => {
    const cell = make('td', undefined, 'operate');
    cell.append(button('Lift', 'Lift the ban of ' + ban.prefix, () => change('DELETE', '/api/v1/bans?prefix=' + encodeURIComponent(ban.prefix))));
    return row([ban.prefix, make('td', time(ban.since), 'time'), make('td', ban.until ? time(ban.until) : 'for ever', 'time'), ban.reason, cell]);
  });
  fill(byId('bans').querySelector('tbody'), rows, 'Nobody is banned.', 5);
}
function showThresholds(all) {
  targets = all;
  offer(targets);
  put(byId('targets'), targets.slice(0, 20).flatMap(one => {
    const table = make('table');
    const body = make('tbody');
    table.append(make('caption', one.prefix), make('thead'), body);
    table.tHead.append(row([make('th', 'Class'), make('th', 'Each address', 'n'), make('th', 'The prefix', 'n')]));
    const text = limits => Object.entries(limits || {}).map(([unit, limit]) => unit === 'bps' ? bits(limit) : rate(limit, unit)).join(', ');
    for (const name of Object.keys(one.thresholds)) {
      body.append(row([name, number(text(one.thresholds[name])), number(text(one.prefix_thresholds[name]))]));
    }
    return [table];
  }));
}
/** Lines over the last quarter of an hour, floods behind them; thresholds that they come near, dashed. */
function draw(holder, before, series, columns, floods, limits) {
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const behind = u => {
    const context = u.ctx;
    context.save();
    context.fillStyle = colour('--alarm') + '22';
    for (const event of floods) {
      const from = u.valToPos(millis(event.flood.start) / 1000, 'x', true);
      const to = event.flood.end ? u.valToPos(millis(event.flood.end) / 1000, 'x', true) : u.bbox.left + u.bbox.width;
      const left = Math.max(from, u.bbox.left);
      if (to > left) context.fillRect(left, u.bbox.top, Math.min(to, u.bbox.left + u.bbox.width) - left, u.bbox.height);
    }
    context.setLineDash([6, 4]);
    for (const {rate, stroke} of limits) {
      const y = u.valToPos(rate, 'y', true);
      context.strokeStyle = stroke;
      context.beginPath();
      context.moveTo(u.bbox.left, y);
      context.lineTo(u.bbox.left + u.bbox.width, y);
      context.stroke();
    }
    context.restore();
  };
  if (before) before.destroy();
  const clock = seconds => new Date(seconds * 1000).toISOString().slice(11, 19);
  const axis = {stroke: colour('--faint'), grid: {stroke: colour('--line'), width: 1}, ticks: {stroke: colour('--line'), width: 1}};
  const highest = Math.max(10, ...limits.map(one => one.rate));
  return new uPlot({
    width: Math.max(260, holder.clientWidth), height: 240,
    // Without a cursor the legend tells the newest.
    series: [{label: 'Time', value: (u, v) => clock(v ?? u.data[0].at(-1) ?? 0)}, ...series.map((one, at) => ({...one, points: {show: false},
      value: (u, v) => rate(v ?? u.data[at + 1].at(-1) ?? 0, 'pps')}))],
    axes: [{...axis, values: (u, all) => all.map(clock), space: 80}, {...axis, size: 64, values: (u, all) => all.map(v => scaled(v, '', ''))}],
    scales: {y: {range: (u, low, high) => [0, Math.max(highest, high) * 1.1]}},
    hooks: {drawClear: [behind]},
  }, columns, holder);
}
let classChart = null;
let floodChart = null;
let targets = [];
/** Told apart also by those who don't tell red from green (Okabe and Ito). */
const classColours = {syn: '#d55e00', ack: '#cc79a7', udp: '#0072b2', icmp: '#009e73', dns: '#e69f00', http: '#56b4e9', tls: '#8a8f00', other: '#888888'};
/** What came around one flood: as long as the series reaches back. */
function showTimeline(rates, floods) {
  const id = location.hash.startsWith('#flood=') ? decodeURIComponent(location.hash.slice(7)) : '';
  const event = floods.find(one => one.flood.id === id);
  if (!event) return;
  const flood = event.flood;
  const from = millis(flood.start) - 10000;
  const to = flood.end ? millis(flood.end) + 10000 : Infinity;
  const around = rates.filter(one => millis(one.time) >= from && millis(one.time) <= to);
  byId('timeline').classList.toggle('empty', around.length === 0);
  byId('untimed').textContent = around.length ? 'All traffic from 10 s before to 10 s after, the class of this flood, and its threshold (dashed).'
    : 'The seconds of this flood are older than a quarter of an hour, and no longer kept.';
  if (floodChart) { floodChart.destroy(); floodChart = null; }
  if (!around.length) return;
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  // Handshakes of TLS are floods of http, too.
  const names = flood.kind === 'http' ? ['http', 'tls'] : [flood.kind];
  const limits = Object.entries(flood.threshold).filter(([unit]) => unit !== 'bps')
    .map(([, limit]) => ({rate: limit, stroke: classColours[names[0]]}));
  floodChart = draw(byId('timeline'), null, [
    {label: 'passed and dropped', stroke: colour('--alarm'), fill: colour('--alarm') + '33'},
    {label: 'passed', stroke: colour('--good'), fill: colour('--good') + '66'},
    ...names.map(name => ({label: name, stroke: classColours[name], width: 2}))],
  [around.map(one => millis(one.time) / 1000), around.map(one => one.passed_pps + one.dropped_pps), around.map(one => one.passed_pps),
    ...names.map(name => around.map(one => one.classes[name] || 0))], [event], limits);
}
function showChart(rates, floods) {
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const times = rates.map(one => millis(one.time) / 1000);
  chart = draw(byId('chart'), chart, [
    {label: 'passed and dropped', stroke: colour('--alarm'), fill: colour('--alarm') + '55'},
    {label: 'passed', stroke: colour('--good'), fill: colour('--good') + '99'}],
    [times, rates.map(one => one.passed_pps + one.dropped_pps), rates.map(one => one.passed_pps)], floods, []);
  const names = Object.keys(classColours);
  const columns = names.map(name => rates.map(one => one.classes[name] || 0));
  const limits = names.flatMap((name, at) => {
    const limit = Math.min(...targets.map(one => Object.entries(one.thresholds[name] || {})
      .find(([unit]) => unit !== 'bps')?.[1] ?? Infinity));
    return Math.max(0, ...columns[at]) >= limit / 3 ? [{rate: limit, stroke: classColours[name]}] : [];
  });
  classChart = draw(byId('classes'), classChart, names.map(name => ({label: name, stroke: classColours[name], width: 1.5})),
    [times, ...columns], floods, limits);
}

async function change(method, path, body) {
  byId('banned').textContent = '';
  try {
    await ask(path, method, body);
    await renew();
  } catch (refused) {
    byId('banned').textContent = refused.message;
  }
}
byId('ban').addEventListener('submit', event => {
  event.preventDefault();
  const fields = event.target.elements;
  const ban = {prefix: fields.prefix.value.trim(), reason: fields.reason.value.trim()};
  if (fields.for.value) ban.for = fields.for.value;
  change('POST', '/api/v1/bans', ban);
});
byId('ban').elements.preview.addEventListener('click', async () => {
  const prefix = byId('ban').elements.prefix.value.trim();
  const said = byId('preview');
  try {
    const seen = await ask('/api/v1/preview?prefix=' + encodeURIComponent(prefix));
    said.textContent = 'In the last ' + duration(seen.span_ns) + ' ' + prefix + ' sent ' + count(seen.packets) + ' packets ('
      + bytes(seen.bytes) + '); ' + count(seen.passed) + ' of them passed, ' + count(seen.established) + ' belong to connections.';
  } catch (refused) {
    said.textContent = refused.message;
  }
});
/** What other thresholds would have done to the packets that are remembered. */
function tried(answer) {
  const seen = answer.preview;
  if (answer.said.includes('nothing changed')) return 'That is what holds.';
  if (!seen) return 'No packets are remembered to try it on: that needs state in the configuration.';
  if (!seen.packets) return 'No packet has come yet to try it on.';
  const trial = (name, one) => name + ': ' + count(one.dropped) + ' dropped' + (one.dropped ? ', ' + count(one.established) + ' of them of connections' : '')
    + '; ' + (one.floods.map(flood => flood.kind.toUpperCase() + ' flood on ' + flood.target).join(', ') || 'no flood') + '.';
  return 'Of the ' + count(seen.packets) + ' packets of the last ' + duration(seen.span_ns) + ':\n'
    + trial('As it is', seen.now) + '\n' + trial('With this', seen.then);
}
async function limit(isDryRun) {
  const fields = byId('limit').elements;
  const said = byId('limited');
  const body = {[fields.of.value]: {[fields.class.value]: {[fields.unit.value]: fields.rate.value.trim()}}};
  if (fields.confirm.value) body.confirm = fields.confirm.value;
  try {
    const answer = await ask('/api/v1/thresholds?prefix=' + encodeURIComponent(fields.prefix.value)
      + (isDryRun ? '&dry_run=true' : ''), 'PUT', body);
    said.textContent = (isDryRun ? 'Nothing was done. ' + tried(answer) : 'Set: ' + answer.said.join('; ') + '.');
    fields.keep.hidden = isDryRun || !body.confirm;
    showThresholds((await ask('/api/v1/thresholds')).targets);
  } catch (refused) {
    said.textContent = refused.message;
  }
}
byId('limit').addEventListener('submit', event => { event.preventDefault(); limit(false); });
byId('limit').elements.check.addEventListener('click', () => limit(true));
byId('limit').elements.keep.addEventListener('click', async () => {
  try {
    await ask('/api/v1/confirm', 'POST');
    byId('limited').textContent = 'Kept.';
  } catch (refused) {
    byId('limited').textContent = refused.message;
  }
  byId('limit').elements.keep.hidden = true;
});
byId('limit').elements.class.addEventListener('change', () => offerUnits());
/** What can be set, as the daemon's own thresholds name it. */
function offer(targets) {
  const fields = byId('limit').elements;
  const prefixes = targets.map(one => one.prefix);
  const classes = [...Object.keys(targets[0].thresholds).filter(name => name !== 'total'), 'total'];
  choices(fields.prefix, prefixes);
  choices(fields.class, classes);
  offerUnits();
}
function offerUnits() {
  const fields = byId('limit').elements;
  choices(fields.unit, [{dns: 'qps', http: 'rps', tls: 'hps'}[fields.class.value] || 'pps', 'bps']);
}
function choices(select, values) {
  if ([...select.options].map(one => one.value).join() === values.join()) return;
  select.replaceChildren(...values.map(value => make('option', value)));
}
byId('login').addEventListener('submit', event => {
  event.preventDefault();
  sessionStorage.setItem('token', event.target.elements.token.value.trim());
  event.target.reset();
  byId('login').hidden = true;
  document.body.classList.remove('out');
  byId('logout').hidden = false;
  learnRole();
  renew();
  listen();
});
byId('logout').addEventListener('click', () => { sessionStorage.removeItem('token'); location.reload(); });
window.addEventListener('hashchange', renew);

/** Whoever may only look sees nothing to press: asked by what the daemon would refuse. */
async function learnRole() {
  const asked = token();
  let may = true;
  try {
    await ask('/api/v1/bans?dry_run=true', 'POST', {bans: []});
  } catch (refused) {
    may = false;
  }
  if (asked !== token()) return;
  mayOperate = may;
  document.body.classList.toggle('view', !mayOperate);
}

let round = 0;
async function renew() {
  if (!byId('login').hidden) return;
  try {
    const [status, floods] = await Promise.all([ask('/api/v1/status'), ask('/api/v1/floods')]);
    showStatus(status);
    showFloods(floods.floods);
    if (round++ % 5 === 0) {
      showRules((await ask('/api/v1/rules')).rules);
      showThresholds((await ask('/api/v1/thresholds')).targets);
    }
    const rates = (await ask('/api/v1/series')).rates;
    showChart(rates, floods.floods);
    showTimeline(rates, floods.floods);
    showBans((await ask('/api/v1/bans')).bans);
  } catch (lost) {
    if (byId('login').hidden) byId('lost').hidden = false;
  }
}

// ---- events, as they happen
const told = {
  flood: event => event.flood.kind + ' flood ' + event.flood.state + ' on ' + target(event) + narrowed(event.flood),
  ban: event => event.ban.prefix + ' ' + (event.ban.state === 'added' ? 'banned' : 'ban ' + event.ban.state) + (event.ban.reason ? ': ' + event.ban.reason : ''),
  reload: event => 'configuration ' + event.reload.result.replace('_', ' ') + ': ' + event.reload.problems.join('; '),
  scan: event => event.scan.kind + ' scan ' + event.scan.state + ' by ' + event.src_ip,
  bruteforce: event => 'brute force of ' + event.bruteforce.service + ' ' + event.bruteforce.state + ' by ' + event.src_ip,
  table: event => 'table of ' + event.table.name + ' is full: ' + count(event.table.evicted) + ' gave way',
  total: event => 'total exceeded: ' + count(event.total.established_dropped) + ' packets of connections dropped',
  audit: event => event.audit.by + ': ' + event.audit.action + ' ' + event.audit.detail + (event.audit.result === 'done' ? '' : ' (refused)'),
  capture_loss: event => count(event.capture_loss.packets) + " packets weren't seen",
};
function note(event) {
  const line = make('li', time(event.timestamp) + '  ' + (told[event.event_type] || (() => event.event_type))(event));
  byId('events').prepend(line);
  while (byId('events').childElementCount > 200) byId('events').lastElementChild.remove();
}
let listening = 0;
async function listen() {
  const mine = ++listening;
  const asked = token();
  try {
    const answer = await fetch('/api/v1/events', {headers: asked ? {Authorization: 'Bearer ' + asked} : {}});
    if (answer.status === 401) { needToken(asked); return; }
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (let part = await reader.read(); !part.done && mine === listening; part = await reader.read()) {
      text += part.value;
      const messages = text.split('\n\n');
      text = messages.pop();
      for (const message of messages) {
        const data = message.split('\n').find(line => line.startsWith('data: '));
        if (data) { note(JSON.parse(data.slice(6))); renew(); }
      }
    }
  } catch (lost) {
    // Below.
  }
  if (mine === listening) setTimeout(listen, 1000);
}

if (token()) byId('logout').hidden = false;
learnRole();
renew();
listen();
setInterval(renew, 1000);
window.addEventListener('resize', renew);
