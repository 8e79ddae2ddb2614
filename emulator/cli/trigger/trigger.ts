import type { EventRecord, EventType } from "../../model/event.ts";
import { DEFAULT_KEY } from "../../services/keys.ts";
import { type ClientOptions, type ControlClient, connect } from "../client.ts";
import { ControlError } from "../control-error.ts";
import { messagesOf } from "../event-source.ts";
import { nearest } from "../nearest.ts";
import { oneLine } from "../printable.ts";
import { UsageError } from "../usage-error.ts";
import { parseAssignment } from "./assignments.ts";
import { refuseUseless } from "./roles.ts";
import { Stage } from "./stage.ts";
import { EVENT_TYPES, STORIES, type Story } from "./stories.ts";

interface TriggerOptions extends ClientOptions {
  /** `path=value` each. */
  readonly set?: readonly string[];
  readonly advanceClock?: boolean;
}

/** How long after its last call an event may take to be told. */
const PATIENCE_MS = 5000;

/** Makes an event happen by the API's own operations. Throws UsageError before anything is done, ControlError with the API's refusal. */
export async function trigger(type: string, options: TriggerOptions, print: (line: string) => void): Promise<void> {
  const story = STORIES[knownType(type)];
  const assignments = (options.set ?? []).map(parseAssignment);
  refuseUseless(type, story, assignments);
  const advanceClock = options.advanceClock ?? false;
  if (story.time && !advanceClock) {
    throw new UsageError(
      `${type} comes only with time: it ${story.does}. Give --advance-clock to move the sandbox's clock and chain for it.`,
    );
  }
  const client = await connect(options);
  const key = process.env.GETSMART_API_KEY ?? DEFAULT_KEY;
  const say = (role: string, id: string, what: string) => print(oneLine(`${role.padEnd(16)}  ${id}${id === "" ? "" : "  "}${what}`));
  const stage = new Stage({ client, key, assignments, advanceClock, say });
  const events = await watched(client);
  try {
    await stage.find(story.roles);
    const about = await story.tell(stage);
    print(`${type}  ${typeof about.event_id === "string" ? about.event_id : (await events.about(type, about)).id}`);
  } finally {
    events.stop();
  }
}

/** Throws UsageError naming the nearest types. */
export function knownType(type: string): EventType {
  const known = EVENT_TYPES.find((each) => each === type);
  if (known) return known;
  const near = nearest(type, EVENT_TYPES);
  throw new UsageError(
    `there is no event type ${type}; ${near.length > 0 ? `did you mean ${near.join(" or ")}? ` : ""}\`trigger --list\` shows all`,
  );
}

/** Every type, what its story does, and what may be set. */
export function storyList(): string {
  const width = Math.max(...EVENT_TYPES.map(({ length }) => length));
  const takes = ({ roles, body }: Story) => [...roles.map((role) => `${role}_id`), ...(body ? ["…"] : [])].join(" ");
  return EVENT_TYPES.map((type) => {
    const story = STORIES[type];
    return `${type.padEnd(width)}  ${story.does}${story.time ? "  --advance-clock" : ""}  [${takes(story)}]`;
  }).join("\n");
}

/** The sandbox's events from now on: that the story's own came is seen, not assumed. */
async function watched(client: ControlClient) {
  const response = await client.events(null, { kinds: "event" });
  const seen: EventRecord[] = [];
  let told = () => {};
  void (async () => {
    for await (const { event, data } of messagesOf(response)) {
      if (event === "event") seen.push(data as EventRecord);
      told();
    }
  })().catch(() => {});

  return {
    async about(type: string, members: Readonly<Record<string, unknown>>): Promise<EventRecord> {
      const isIt = ({ type: its, data }: EventRecord) =>
        its === type && Object.entries(members).every(([name, value]) => (data as Record<string, unknown>)[name] === value);
      const late = performance.now() + PATIENCE_MS;
      for (;;) {
        const found = seen.find(isIt);
        if (found) return found;
        const left = late - performance.now();
        if (left <= 0) throw new ControlError(`every call succeeded, but no event ${type} came`, null);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          told = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    stop: () => response.destroy(),
  };
}
