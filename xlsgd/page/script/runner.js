// Work done in slices between two drawings, one piece after the other, so that the page always answers.

const SLICE = 8; // milliseconds

const nextFrame = () => new Promise((resolve) => {
  if (document.hidden) setTimeout(resolve, 16);
  else requestAnimationFrame(resolve);
});

class Runner {
  constructor(draw) {
    Object.assign(this, { draw, jobs: [], running: null, scheduled: false });
  }

  get busy() { return this.jobs.length > 0; }

  // Does a generator's work behind what was asked for before, the first slice of it at once.
  do(work) {
    return new Promise((resolve) => {
      this.jobs.push({ work, resolve });
      if (!this.scheduled) this.pump();
    });
  }

  // Goes on and on: `next` gives the work of one more step, or nothing at the end; `rate` the steps a second.
  start(next, rate, ended) {
    this.running = { next, rate, ended, owed: 1, before: performance.now() };
    if (!this.scheduled) this.pump();
  }

  stop() {
    const { running } = this;
    this.running = null;
    if (running) running.ended();
  }

  pump() {
    this.scheduled = true;
    this.accrue();
    const end = performance.now() + SLICE;
    do {
      const job = this.jobs[0] || this.due();
      if (!job) break;
      if (this.finished(job)) { this.jobs.shift(); job.resolve(); }
    } while (performance.now() < end);
    this.draw();
    this.scheduled = this.busy || this.running !== null;
    if (this.scheduled) nextFrame().then(() => this.pump());
  }

  accrue() {
    const { running } = this;
    if (!running) return;
    const now = performance.now();
    const rate = running.rate();
    running.owed = rate === Infinity ? Infinity : Math.min(running.owed + ((now - running.before) / 1000) * rate, rate);
    running.before = now;
  }

  due() {
    if (!this.running || this.running.owed < 1) return null;
    this.running.owed -= 1;
    const work = this.running.next();
    if (work) this.jobs.push({ work, resolve() {} });
    else this.stop();
    return this.jobs[0];
  }

  finished(job) {
    try {
      return job.work.next().done;
    } catch (error) {
      this.stop();
      report(error);
      return true;
    }
  }
}
