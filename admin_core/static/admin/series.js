// [data-series='{"x":[unix seconds],"names":[…],"y":[[…]]}']: a zoomable time series; its table twin stands beside it.
import { load, style } from "./forms.js";

export async function draw(box) {
  style(document.body.dataset.uplotCss);
  await load(document.body.dataset.uplotJs);
  const { x, names, y } = JSON.parse(box.dataset.series);
  const { color } = getComputedStyle(box);
  const axis = { stroke: "gray", grid: { stroke: "#8883", width: 1 } };
  const lines = names.map((label, i) => ({ label, stroke: color, width: 2, dash: i ? [2 + 4 * i, 3] : [] }));
  const size = () => ({ width: box.clientWidth, height: 240 });
  const plot = new uPlot({ ...size(), axes: [axis, axis], series: [{}, ...lines] }, [x, ...y], box);
  new ResizeObserver(() => plot.setSize(size())).observe(box);
}
