// What is measured on the page from outside the app: how long a frame takes, and how long the page was blocked.

/** Put into a page before it loads. */
export function watch() {
  const seen = (window.measured = { frames: [], blocked: [] });
  new PerformanceObserver(list => {
    for (const { startTime, duration } of list.getEntries()) seen.blocked.push({ startTime, duration });
  }).observe({ type: 'longtask', buffered: true });
  const Plain = window.Worker;
  window.Worker = class extends Plain {
    constructor(...args) {
      super(...args);
      const sent = new Map();
      const post = this.postMessage.bind(this);
      this.postMessage = (message, transfer) => {
        const [id, , payload] = message ?? [];
        if (payload) sent.set(id, performance.now());
        post(message, transfer);
      };
      this.addEventListener('message', ({ data: [kind, id] }) => {
        if (kind !== 'answer' || !sent.has(id)) return;
        seen.frames.push(performance.now() - sent.get(id));
        sent.delete(id);
      });
    }
  };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor(sorted.length / 2)] : NaN;
}

export const worst = numbers => numbers.reduce((most, number) => Math.max(most, number), 0);
