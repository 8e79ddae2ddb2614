export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
export type Point = readonly [number, number];

/** A shape by its signed distance function: how far a point is from the edge, negative inside. */
export interface Shape {
  readonly box: Box;
  readonly distance: (x: number, y: number) => number;
}

/** The box of a width and height around a point. */
export function around([x, y]: Point, width: number, height = width): Box {
  return { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 };
}

export function circle([cx, cy]: Point, radius: number): Shape {
  return { box: around([cx, cy], radius * 2), distance: (x, y) => length(x - cx, y - cy) - radius };
}

/** A disc with a wavy edge of so many waves, like a seal. */
export function seal([cx, cy]: Point, radius: number, waves: number): Shape {
  const depth = radius * 0.035;
  return {
    box: around([cx, cy], (radius + depth) * 2),
    distance: (x, y) => length(x - cx, y - cy) - radius - depth * Math.cos(waves * Math.atan2(y - cy, x - cx)),
  };
}

export function rounded(box: Box, radius: number): Shape {
  const [cx, cy] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const [across, down] = [(box.right - box.left) / 2 - radius, (box.bottom - box.top) / 2 - radius];
  return {
    box,
    distance(x, y) {
      const dx = Math.abs(x - cx) - across;
      const dy = Math.abs(y - cy) - down;
      return length(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
    },
  };
}

/** The edge of a shape, so wide. */
export function outline({ box, distance }: Shape, width: number): Shape {
  const half = width / 2;
  return { box: grown(box, half), distance: (x, y) => Math.abs(distance(x, y)) - half };
}

/** Lines of so much width, with round ends and joints. */
export function strokes(lines: readonly (readonly Point[])[], width: number): Shape {
  const segments = lines.flatMap((line) => line.slice(1).map((to, index) => toSegment(line[index] as Point, to)));
  return {
    box: grown(boxOf(lines.flat()), width / 2),
    distance(x, y) {
      let least = Number.POSITIVE_INFINITY;
      for (const segment of segments) least = Math.min(least, segment(x, y));
      return least - width / 2;
    },
  };
}

/** A closed shape with straight sides. Inside is where a ray crosses them an odd number of times. */
export function polygon(corners: readonly Point[]): Shape {
  const sides = corners.map((a, index) => {
    const b = corners[(index + 1) % corners.length] as Point;
    return { ax: a[0], ay: a[1], by: b[1], slope: (b[0] - a[0]) / (b[1] - a[1]), distance: toSegment(a, b) };
  });
  return {
    box: boxOf(corners),
    distance(x, y) {
      let inside = false;
      let least = Number.POSITIVE_INFINITY;
      for (const { ax, ay, by, slope, distance } of sides) {
        least = Math.min(least, distance(x, y));
        if (ay > y !== by > y && x < (y - ay) * slope + ax) inside = !inside;
      }
      return inside ? -least : least;
    },
  };
}

/** A star with five points, the first upwards. */
export function star([cx, cy]: Point, radius: number): Shape {
  const corners = Array.from({ length: 10 }, (_, index): Point => {
    const angle = (index * Math.PI) / 5 - Math.PI / 2;
    const reach = index % 2 === 0 ? radius : radius * 0.44;
    return [cx + reach * Math.cos(angle), cy + reach * Math.sin(angle)];
  });
  return polygon(corners);
}

/** The distance to a line from one point to another. */
function toSegment([ax, ay]: Point, [bx, by]: Point): (x: number, y: number) => number {
  const dx = bx - ax;
  const dy = by - ay;
  const squared = dx * dx + dy * dy || 1;
  return (x, y) => {
    const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / squared));
    return length(x - ax - along * dx, y - ay - along * dy);
  };
}

/** Math.hypot is twenty times slower, for a range that no picture has. */
function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

function boxOf(points: readonly Point[]): Box {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

function grown({ left, top, right, bottom }: Box, by: number): Box {
  return { left: left - by, top: top - by, right: right + by, bottom: bottom + by };
}
