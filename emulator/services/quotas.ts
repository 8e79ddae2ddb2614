/** Requests that a key may make. */
interface Quotas {
  readonly perSecond: number;
  readonly perHour: number;
}

/** What the platform publishes. */
const PUBLISHED: Quotas = { perSecond: 10, perHour: 1000 };

/** The policies of the rate limiter, `w` in seconds; without metering they are the published ones, for whoever asks what they are. */
export function policiesOf(limits: Quotas | "off" | undefined) {
  const metered = limits !== undefined && limits !== "off";
  const { perSecond, perHour } = metered ? limits : PUBLISHED;
  const policies = [
    { name: "second", q: perSecond, w: 1 },
    { name: "hour", q: perHour, w: 3600 },
  ] as const;
  return { metered, policies, facts: { enabled: metered, per_second: perSecond, per_hour: perHour } };
}
