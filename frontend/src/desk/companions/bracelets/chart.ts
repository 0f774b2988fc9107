/** Positions on a drawing: metres from a centre, north up. Pure. Good for a few tens of kilometres. */
export interface Point { lat: number; lon: number }
export interface Circle extends Point { radius: number }
export interface Spot { x: number; y: number }

const EARTH = 6_371_008.8
/** A drawing is never closer than this, in metres from edge to edge: one fix alone must not look like a room. */
const CLOSEST = 400
const MARGIN = 1.15
const SCALES = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000]
const rad = (degrees: number): number => (degrees * Math.PI) / 180

/** Metres east and north of the centre (equirectangular). */
function offset(centre: Point, point: Point): { east: number; north: number } {
  return { east: rad(point.lon - centre.lon) * EARTH * Math.cos(rad(centre.lat)), north: rad(point.lat - centre.lat) * EARTH }
}

export interface Drawing { centre: Point; metres: number }

/** What holds all points and circles: a square around their middle. */
export function drawingOf(points: readonly Point[], circles: readonly Circle[]): Drawing {
  const all = [...points, ...circles]
  if (!all.length) return { centre: { lat: 0, lon: 0 }, metres: CLOSEST }
  const middle = (values: number[]): number => (Math.min(...values) + Math.max(...values)) / 2
  const centre = { lat: middle(all.map((one) => one.lat)), lon: middle(all.map((one) => one.lon)) }
  const far = all.map((one) => {
    const { east, north } = offset(centre, one)
    return Math.max(Math.abs(east), Math.abs(north)) + ('radius' in one ? (one as Circle).radius : 0)
  })
  return { centre, metres: Math.max(CLOSEST, 2 * Math.max(...far) * MARGIN) }
}

/** Where a point lies on a square of `size` pixels. */
export function spotOf(drawing: Drawing, point: Point, size: number): Spot {
  const { east, north } = offset(drawing.centre, point)
  const pixel = size / drawing.metres
  return { x: size / 2 + east * pixel, y: size / 2 - north * pixel }
}

/** The longest round length that takes at most a quarter of the drawing. */
export function scaleOf(drawing: Drawing): number {
  return Math.max(50, ...SCALES.filter((metres) => metres <= drawing.metres / 4))
}

/** Metres between two points, and in which of eight directions the second lies. */
export function from(one: Point, other: Point): { metres: number; direction: (typeof DIRECTIONS)[number] } {
  const { east, north } = offset(one, other)
  const turn = Math.round(Math.atan2(east, north) / (Math.PI / 4))
  return { metres: Math.hypot(east, north), direction: DIRECTIONS[(turn + 8) % 8] ?? 'n' }
}
export const DIRECTIONS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const
