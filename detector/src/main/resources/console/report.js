// The chart of a report: what passed below, what was dropped above it, floods as bands, their thresholds as lines.
'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const holder = document.getElementById('chart');
  if (data.times.length < 2) { holder.textContent = 'Too short for a chart.'; return; }
  const style = getComputedStyle(document.documentElement);
  const colour = name => style.getPropertyValue(name).trim();
  const scaled = value => {
    const prefixes = ['', 'k', 'M', 'G'];
    let at = 0;
    while (value >= 999.5 && at < 3) { value /= 1000; at++; }
    return (Number.isInteger(value) || value >= 100 ? Math.round(value) : value.toFixed(1)) + prefixes[at];
  };
  const greens = ['#1b6e3c', '#3c9a63', '#6bbd8c', '#0b5cad', '#4a90d9', '#8ab8ea', '#5f7d8c'];
  const reds = ['#b3261e', '#d9644a', '#e8956f', '#8a1c5c', '#c2568f', '#b37400', '#d9a13b'];
  const ordered = [...data.series.filter(one => !one.dropped), ...data.series.filter(one => one.dropped)];
  const sums = data.times.map(() => 0);
  let passed = 0, dropped = 0;
  const stacked = ordered.map(one => {
    const hue = one.dropped ? reds[dropped++ % reds.length] : greens[passed++ % greens.length];
    one.rates.forEach((value, i) => { sums[i] += value; });
    return {label: (one.dropped ? 'dropped: ' : 'passed: ') + one.reason, values: [...sums], rates: one.rates, hue};
  }).reverse();
  const thresholds = [...new Set(data.floods.map(one => one.threshold).filter(Boolean))];
  const draw = u => {
    const {ctx, bbox} = u;
    ctx.save();
    ctx.fillStyle = colour('--alarm') + '22';
    for (const flood of data.floods) {
      const from = Math.max(bbox.left, u.valToPos(flood.start, 'x', true));
      const to = Math.min(bbox.left + bbox.width, u.valToPos(flood.end, 'x', true));
      if (to > from) ctx.fillRect(from, bbox.top, to - from, bbox.height);
    }
    ctx.strokeStyle = colour('--warn');
    ctx.setLineDash([6, 4]);
    for (const threshold of thresholds) {
      const y = u.valToPos(threshold, 'y', true);
      if (y > bbox.top) { ctx.beginPath(); ctx.moveTo(bbox.left, y); ctx.lineTo(bbox.left + bbox.width, y); ctx.stroke(); }
    }
    ctx.restore();
  };
  const axis = {stroke: colour('--faint'), grid: {stroke: colour('--line'), width: 1}, ticks: {stroke: colour('--line'), width: 1}};
  const paint = () => {
    holder.replaceChildren();
    new uPlot({
      width: Math.max(260, holder.clientWidth), height: 300,
      tzDate: seconds => uPlot.tzDate(new Date(seconds * 1e3), 'Etc/UTC'),
      series: [{label: 'UTC'}, ...stacked.map(one => ({
        label: one.label, stroke: one.hue, fill: one.hue + 'cc', width: 1, points: {show: false},
        value: (u, v, s, i) => i == null ? '' : scaled(one.rates[i]) + ' pps'}))],
      axes: [axis, {...axis, size: 60, values: (u, all) => all.map(scaled)}],
      scales: {y: {range: (u, low, high) => [0, Math.max(10, high * 1.05)]}},
      hooks: {draw: [draw]},
    }, [data.times, ...stacked.map(one => one.values)], holder);
  };
  paint();
  window.addEventListener('resize', paint);
})();
