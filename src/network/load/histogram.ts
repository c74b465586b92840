/** Latencies counted in buckets that grow by a tenth: enough for percentiles, small enough to be kept for every second. Plain data. */

/** Bucket → count. */
export type Histogram = Readonly<Record<number, number>>

const GROWTH = Math.log(1.1)

export const bucketOf = (ms: number): number => (ms <= 0.1 ? 0 : 1 + Math.floor(Math.log(ms / 0.1) / GROWTH))
/** The upper edge of a bucket, in milliseconds. */
export const edgeOf = (bucket: number): number => 0.1 * Math.exp(bucket * GROWTH)

/** The latency that a share of the requests stays below; 0 when there were none. */
export function percentile(histogram: Histogram, share: number): number {
  const buckets = Object.keys(histogram)
    .map(Number)
    .sort((a, b) => a - b)
  const total = buckets.reduce((sum, b) => sum + histogram[b]!, 0)
  let seen = 0
  for (const b of buckets) {
    seen += histogram[b]!
    if (seen >= total * share) return edgeOf(b)
  }
  return 0
}

export function addTo(into: Record<number, number>, from: Histogram): void {
  for (const [bucket, count] of Object.entries(from)) into[Number(bucket)] = (into[Number(bucket)] ?? 0) + count
}
