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
function fill(body, rows, empty, columns) {
  if (rows.length === 0) {
    const row = make('tr');
    const cell = make('td', empty, 'none');
    cell.colSpan = columns;
    row.append(cell);
    rows = [row];
  }
  body.replaceChildren(...rows);
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
function sentence(event) {
  const flood = event.flood;
  const isOver = flood.state === 'ended';
  const line = make('p', undefined, 'flood');
  const established = flood.collateral.established;
  line.append(
    make('b', flood.kind.toUpperCase() + ' flood'),
    ' (' + flood.vector + ') on ' + target(event) + ' for ' + lengthOf(flood) + ', '
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
  byId('active').replaceChildren(...(active.length ? active.map(sentence) : [make('p', 'No flood.', 'calm')]));
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
  const link = make('a', event.flood.kind + ' ' + event.flood.vector);
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
  if (!event) { page.replaceChildren(make('p', 'This flood is no longer known.')); return; }
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
  const back = make('a', 'Close');
  back.href = '#floods';
  page.replaceChildren(make('h2', flood.kind.toUpperCase() + ' flood: ' + flood.vector), list, back);
}

function captureCell(name) {
  const cell = make('dd', name + ' ');
  const get = button('Download', 'Download the packets around this flood', () => download(name, get));
  get.classList.add('operate');
  cell.append(get);
  return cell;
}
/** With the token, which a plain link wouldn't send. */
async function download(name, get) {
  get.disabled = true;
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
    get.after(' ' + refused.message);
  }
  get.disabled = false;
}

// ---- the rest
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
    [count(status.lost_packets), 'packets not seen']];
  byId('now').replaceChildren(...tiles.map(([value, name]) => {
    const tile = make('div');
    tile.append(make('b', value), make('span', name));
    return tile;
  }));
  const rows = Object.entries(status.reasons).map(([reason, all]) => row(
    [all.verdict, reason, number(rate(status.now.reasons[reason] || 0, 'pps')), number(count(all.packets))], all.verdict));
  fill(byId('reasons').querySelector('tbody'), rows, 'No packet yet.', 4);
  byId('foot').textContent = 'Weir ' + status.version + ', protecting ' + status.protect.join(', ');
}
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
  byId('targets').replaceChildren(...targets.slice(0, 20).flatMap(one => {
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
  const axis = {stroke: colour('--faint'), grid: {stroke: colour('--line'), width: 1}, ticks: {stroke: colour('--line'), width: 1}};
  const highest = Math.max(10, ...limits.map(one => one.rate));
  return new uPlot({
    width: Math.max(260, holder.clientWidth), height: 240,
    series: [{}, ...series.map(one => ({...one, value: (u, v) => v == null ? '' : rate(v, 'pps')}))],
    axes: [axis, {...axis, size: 64, values: (u, all) => all.map(v => scaled(v, '', ''))}],
    scales: {y: {range: (u, low, high) => [0, Math.max(highest, high) * 1.1]}},
    hooks: {drawClear: [behind]},
  }, columns, holder);
}
let classChart = null;
let targets = [];
/** Told apart also by those who don't tell red from green (Okabe and Ito). */
const classColours = {syn: '#d55e00', ack: '#cc79a7', udp: '#0072b2', icmp: '#009e73', dns: '#e69f00', http: '#56b4e9', tls: '#8a8f00', other: '#888888'};
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
async function limit(isDryRun) {
  const fields = byId('limit').elements;
  const said = byId('limited');
  const body = {[fields.of.value]: {[fields.class.value]: {[fields.unit.value]: fields.rate.value.trim()}}};
  if (fields.confirm.value) body.confirm = fields.confirm.value;
  try {
    const answer = await ask('/api/v1/thresholds?prefix=' + encodeURIComponent(fields.prefix.value)
      + (isDryRun ? '&dry_run=true' : ''), 'PUT', body);
    said.textContent = (isDryRun ? 'Valid, nothing was done: ' : 'Set: ') + answer.said.join('; ') + '.';
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
  try {
    const [status, floods] = await Promise.all([ask('/api/v1/status'), ask('/api/v1/floods')]);
    showStatus(status);
    showFloods(floods.floods);
    if (round++ % 5 === 0) {
      showRules((await ask('/api/v1/rules')).rules);
      showThresholds((await ask('/api/v1/thresholds')).targets);
    }
    showChart((await ask('/api/v1/series')).rates, floods.floods);
    showBans((await ask('/api/v1/bans')).bans);
  } catch (lost) {
    if (byId('login').hidden) byId('lost').hidden = false;
  }
}

// ---- events, as they happen
const told = {
  flood: event => event.flood.kind + ' flood ' + event.flood.state + ' on ' + target(event) + ' (' + event.flood.vector + ')',
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
