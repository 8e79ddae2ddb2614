import type { Controls } from "../../../control/controls.ts";
import { streamEvents } from "../event-stream.ts";
import type { ControlHandlers } from "../handler.ts";
import { OpenStreams } from "../open-streams.ts";

type Ids = "streamEvents" | "getListenerSecret" | "resendEvent";

/** Operations tagged Events. */
export function eventOperations(controls: Controls): ControlHandlers<Ids> {
  const streams = new OpenStreams();
  return {
    streamEvents({ query: { kinds, ...filter }, req }) {
      const wish = { kinds: new Set((kinds ?? "event,request").split(",")), matches: controls.requests.matcher(filter) };
      return { stream: (res) => controls.whenDurable(() => streamEvents(controls, streams, wish, req, res)) };
    },
    getListenerSecret: () => ({ data: { secret: controls.listenerSecret }, message: "What `listen` signs with." }),
    async resendEvent({ params: { event_id } }) {
      const sent = await controls.resend(event_id);
      const { length } = sent.deliveries;
      return { data: sent, message: `Sent the event again, to ${length === 1 ? "one endpoint" : `${length} endpoints`}.` };
    },
  };
}
