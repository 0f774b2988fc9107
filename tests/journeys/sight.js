// What a person in front of the screen sees, watched from inside the page: every picture that reaches the screen, every
// sentence of the state line, and whether an old picture stood in for a new one. The tests read `songjiaoSight`.
(() => {
  const watched = new WeakSet();
  const sight = { frames: 0, at: 0, gap: 0, words: [], kept: false };
  window.songjiaoSight = {
    // Forgets what was seen, but not when the last picture came: a pause that lasts already is still one.
    anew: () => Object.assign(sight, { frames: 0, gap: 0, words: [], kept: false }),
    // → {frames, gap (ms, the longest wait for a next picture, also one that goes on now), words, kept}
    read: () => ({ ...sight, gap: Math.max(sight.gap, performance.now() - sight.at) }),
  };

  function follow(video) {
    video.requestVideoFrameCallback((now) => {
      if (sight.at) sight.gap = Math.max(sight.gap, now - sight.at);
      sight.at = now;
      sight.frames++;
      follow(video);
    });
  }

  setInterval(() => {
    for (const video of document.querySelectorAll("video")) {
      if (!watched.has(video)) follow(video);
      watched.add(video);
    }
    const said = document.querySelector(".say .st")?.textContent.trim();
    if (said && said !== sight.words.at(-1)) sight.words.push(said);
    sight.kept ||= [...document.querySelectorAll("canvas")].some((canvas) => canvas.offsetParent !== null);
  }, 50);
})();
