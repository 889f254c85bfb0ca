// Live changes to a project while it is shown, with none missed after a lost connection.

import { Problem, send } from "./api.js";

/** @typedef {{revision: number, [key: string]: any}} Change */

/**
 * Follow a project after a revision until the returned function is called. Only a visible window
 * does: browsers have few connections to a server, and a window that comes back catches up.
 * @param {string} projectId
 * @param {number} since
 * @param {object} to
 * @param {(change: Change) => void} to.onChange
 * @param {() => void} to.onReload the missed changes are no longer available: load everything again
 * @param {(reason: string) => void} [to.onEnd] the feed has ended, for a reason like `access_ended`
 * @returns {() => void}
 */
export function follow(projectId, since, to) {
  let position = since;
  let aborting = new AbortController();
  let isOver = false;

  async function run() {
    const mine = (aborting = new AbortController());
    for (let pause = 500; !isOver && !mine.signal.aborted && document.visibilityState === "visible"; pause = Math.min(pause * 2, 15_000)) {
      try {
        const response = await send("GET", `/projects/${projectId}/events?since=${position}`, { signal: mine.signal });
        await read(response, (event) => {
          pause = 500;
          take(event);
        });
      } catch (problem) {
        if (mine.signal.aborted) return;
        if (problem instanceof Problem && problem.status === 410) {
          position = problem.details?.revision ?? position;
          to.onReload();
        } else if (problem instanceof Problem && [401, 403, 404].includes(problem.status)) {
          return to.onEnd?.("access_ended");
        }
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** @param {{name: string, data: any}} event */
  function take({ name, data }) {
    if (name === "change" && data.revision > position) {
      position = data.revision;
      to.onChange(data);
    } else if (name === "end" && data.reason === "history_compacted") {
      to.onReload();
    } else if (name === "end" && ["access_ended", "project_deleted", "token_revoked"].includes(data.reason)) {
      isOver = true;
      to.onEnd?.(data.reason);
    }
  }

  const turn = () => {
    aborting.abort();
    if (document.visibilityState === "visible" && !isOver) run();
  };
  document.addEventListener("visibilitychange", turn);
  run();
  return () => {
    isOver = true;
    aborting.abort();
    document.removeEventListener("visibilitychange", turn);
  };
}

/** Read server-sent events until the stream ends. @param {Response} response @param {(event: {name: string, data: any}) => void} take */
async function read(response, take) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop() ?? "";
    for (const text of events) {
      const name = /^event: (.*)$/m.exec(text)?.[1];
      const data = /^data: (.*)$/m.exec(text)?.[1];
      if (name && data) take({ name, data: JSON.parse(data) });
    }
  }
}
