/** What an image on a registry is: one record an image, from which the `Image` of each tag is made. Sizes are compressed, as kubelets report them. */
import type { Image } from '../contract.ts'

export interface ImageRecord {
  /** Names as people write them: `nginx`, `curlimages/curl`, `registry.k8s.io/pause`. */
  readonly repositories: readonly string[]
  /** The full version a tag names; undefined: the tag does not exist. */
  version(tag: string): string | undefined
  image(version: string, tag: string): Omit<Image, 'repositories'>
  /**
   * The executable that an entrypoint script runs when its arguments begin with an option (`docker-entrypoint.sh --max-connections=50`);
   * absent when the entrypoint is the program itself.
   */
  readonly scriptRuns?: string
  /** A first argument that ends so goes to that executable, too (`.conf`). */
  readonly scriptTakes?: string
}

export interface VersionList {
  /** What `latest` and the empty tag mean. Absent: there is no `latest`. */
  readonly latest?: string
  /** `major.minor` (or `major`) → highest patch. */
  readonly series: Readonly<Record<string, number>>
  /** Suffixes after a `-`: `alpine`, `bookworm`, `php8.2-apache`. */
  readonly variants?: readonly string[]
  /** Prefix of every tag: `v` for `v1.10`. */
  readonly prefix?: string
}

const compareVersions = (a: string, b: string): number => {
  const [x, y] = [a.split('.').map(Number), b.split('.').map(Number)]
  for (let i = 0; i < Math.max(x.length, y.length); i++) if ((x[i] ?? 0) !== (y[i] ?? 0)) return (x[i] ?? 0) - (y[i] ?? 0)
  return 0
}

/** Tags in the style of the official images: `latest`, `1`, `1.27`, `1.27.3`, each also with `-variant`, and a variant alone. */
export function versions(list: VersionList): (tag: string) => string | undefined {
  const series = Object.keys(list.series).sort(compareVersions)
  const variants = new Set(list.variants ?? [])
  return (tag) => {
    const bare = list.prefix !== undefined && tag.startsWith(list.prefix) ? tag.slice(list.prefix.length) : tag
    if (list.prefix !== undefined && bare === tag && tag !== 'latest') return undefined
    if (bare === 'latest' || variants.has(bare)) return list.latest
    const dash = bare.indexOf('-')
    const number = dash < 0 ? bare : bare.slice(0, dash)
    if (dash >= 0 && !variants.has(bare.slice(dash + 1))) return undefined
    if (!/^\d+(\.\d+)*$/.test(number)) return undefined
    for (const name of series) {
      if (!number.startsWith(`${name}.`)) continue
      const patch = number.slice(name.length + 1)
      return /^\d+$/.test(patch) && Number(patch) <= list.series[name]! ? number : undefined
    }
    const newest = series.filter((s) => s === number || s.startsWith(`${number}.`)).at(-1)
    return newest && `${newest}.${list.series[newest]}`
  }
}

export const MB = 1_000_000
