/** Sizes, ages and names as the tools of a node word them (docker's go-units, containerd's references). */
import { formatTime } from '../../api/rfc3339.ts'
import { sha256 } from '../../lib/hash.ts'

const plural = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`

/** `About a minute ago` (go-units' HumanDuration). */
export function sinceText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.round(ms / 3_600_000)
  if (seconds < 1) return 'Less than a second ago'
  if (seconds < 60) return `${plural(seconds, 'second')} ago`
  if (minutes === 1) return 'About a minute ago'
  if (minutes < 60) return `${minutes} minutes ago`
  if (hours === 1) return 'About an hour ago'
  if (hours < 48) return `${hours} hours ago`
  return `${Math.floor(hours / 24)} days ago`
}

/** `70.5MB`: decimal, three digits. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let n = bytes
  let unit = 0
  for (; n >= 1000 && unit < units.length - 1; unit++) n /= 1000
  return `${Number(n.toPrecision(3))}${units[unit]}`
}

/** `4.2G` as df -h and free -h round it: up, one digit below ten. */
export function humanSize(bytes: number, suffix = ''): string {
  const units = ['', 'K', 'M', 'G', 'T']
  let n = bytes
  let unit = 0
  for (; n >= 1024 && unit < units.length - 1; unit++) n /= 1024
  if (bytes === 0) return '0'
  return `${n < 10 && unit > 0 ? (Math.ceil(n * 10) / 10).toFixed(1) : Math.ceil(n)}${units[unit]}${unit > 0 ? suffix : ''}`
}

/** The hexadecimal part of an image's id. */
export const imageIdText = (imageId: string): string => /([0-9a-f]{64})/.exec(imageId)?.[1] ?? sha256(imageId)

export function splitReference(reference: string): { readonly name: string; readonly tag: string } {
  const plain = reference.replace(/@.*$/, '')
  const colon = plain.lastIndexOf(':')
  const [name, tag] = colon > plain.lastIndexOf('/') ? [plain.slice(0, colon), plain.slice(colon + 1)] : [plain, 'latest']
  const first = name.split('/')[0]!
  const hosted = name.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost')
  return { name: hosted ? name : `docker.io/${name.includes('/') ? '' : 'library/'}${name}`, tag }
}

/** RFC 3339 with nanoseconds, drawn from the milliseconds. */
export const clock = (ms: number): string => formatTime(ms).replace('Z', `.${String(Math.floor(ms) % 1000).padStart(3, '0')}000000Z`)

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** `Nov 02 08:00:05`, as the journal stamps its lines. */
export function journalTime(ms: number): string {
  const [date = '', time = ''] = formatTime(ms).split('T')
  return `${MONTHS[Number(date.slice(5, 7)) - 1]} ${date.slice(8, 10)} ${time.slice(0, 8)}`
}
