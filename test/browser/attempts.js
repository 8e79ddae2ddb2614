// Runs in the browser, in every page of origins.deep.test.ts: what a page can try.

/** [status, text] of the answer; `opaque` for one that the page may not see, the error's name for none. */
globalThis.attempt = (url, init = {}) =>
  fetch(url, init).then(
    async (answer) => (answer.type === "opaque" ? "opaque" : [answer.status, await answer.text()]),
    (error) => error.name,
  );

/** The answer to a message over a WebSocket; `error` when it does not open. */
globalThis.attemptSocket = (url, message) =>
  new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => socket.send(message);
    socket.onmessage = ({ data }) => resolve(String(data));
    socket.onerror = () => resolve("error");
  });

/** Whether an element of this kind loads; a frame always seems to. */
globalThis.attemptElement = (kind, src) =>
  new Promise((resolve) => {
    const element = document.createElement(kind);
    element.onload = () => resolve(true);
    element.onerror = () => resolve(false);
    element.src = src;
    document.body.append(element);
  });

/** Sends a form as text: JSON, if the field is chosen well. The page is left. */
globalThis.submitForm = (action) => {
  const form = Object.assign(document.createElement("form"), { action, method: "post", enctype: "text/plain" });
  form.append(Object.assign(document.createElement("input"), { name: '{"jsonrpc":"2.0","id":1,"method":"evm_mine","x":"', value: '"}' }));
  document.body.append(form);
  form.submit();
};

/** `read` or `refused` of each address, from a frame whose origin is null. */
globalThis.attemptSandboxed = (urls) =>
  new Promise((resolve) => {
    addEventListener("message", ({ data }) => resolve(data));
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.srcdoc = `<script>Promise.all(${JSON.stringify(urls)}.map((url) => fetch(url).then(() => "read", () => "refused")))
      .then((all) => parent.postMessage(all, "*"))</script>`;
    document.body.append(frame);
  });
