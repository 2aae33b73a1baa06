// [data-series='{"x":[unix seconds],"names":[…],"y":[[…]]}']
import { load, style } from "./forms.js";

export async function draw(box) {
  if (box.drawn) return;
  box.drawn = true;
  style(document.body.dataset.uplotCss);
  await load(document.body.dataset.uplotJs);
  const { x, names, y } = JSON.parse(box.dataset.series);
  const { color } = getComputedStyle(box);
  const axis = { stroke: "gray", grid: { stroke: "#8883", width: 1 } };
  const days = (_, ticks) => ticks.map((t) => new Date(t * 1000).toLocaleDateString("en-ZA", { day: "numeric", month: "short" }));
  const lines = names.map((label, i) => ({ label, stroke: color, width: 2, dash: i ? [2 + 4 * i, 3] : [] }));
  const size = () => ({ width: box.clientWidth, height: 240 });
  const plot = new uPlot({ ...size(), axes: [{ ...axis, values: days }, axis], series: [{}, ...lines] }, [x, ...y], box);
  new ResizeObserver(() => plot.setSize(size())).observe(box);
}
