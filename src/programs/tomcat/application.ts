/**
 * Web applications: directories under `webapps` with files, and servlets. Classes cannot be run here, so what an application's servlets do is written in
 * its `WEB-INF/clusterlab.yaml`: of whom they wait for an answer, what heap and processor they take, what they never give back.
 */
import { parse, YAMLParseError } from 'yaml'
import type { FileView } from '../../script/files.ts'
import { sizeInBytes } from '../text/context.ts'
import { kindAt, namesIn, readText } from '../text/files.ts'

export interface Servlet {
  readonly path: string
  readonly status: number
  readonly body: string
  /** What it asks before it answers: `http://orders:8080/list`. */
  readonly backend?: string
  /** How long it waits for that; 0: for ever, as most clients do unless told. */
  readonly timeoutMs: number
  /** Heap that a request takes while it runs, and what it leaves behind for good. */
  readonly heapBytes: number
  readonly keepsBytes: number
  readonly cpuMs: number
}
export interface Application {
  /** `''` for ROOT, else `/shop`. */
  readonly context: string
  readonly directory: string
  readonly servlets: readonly Servlet[]
  /** Why it could not be started. */
  readonly error?: string
}

const bytes = (v: unknown): number => (v === undefined ? 0 : (sizeInBytes(String(v).replace(/i$/, '')) ?? 0))

function servletOf(context: string, given: Readonly<Record<string, unknown>>): Servlet {
  const backend = given['backend']
  return {
    path: `${context}${String(given['path'] ?? '/')}`,
    status: Number(given['status'] ?? 200),
    body: String(given['body'] ?? ''),
    ...(backend !== undefined && { backend: String(backend) }),
    timeoutMs: Number(given['timeoutMs'] ?? 0),
    heapBytes: bytes(given['heap']),
    keepsBytes: bytes(given['keeps']),
    cpuMs: Number(given['cpuMs'] ?? 1),
  }
}

function read(files: FileView, webapps: string, name: string): Application {
  const directory = `${webapps}/${name}`
  const context = name === 'ROOT' ? '' : `/${name.replaceAll('#', '/')}`
  const text = readText(files, `${directory}/WEB-INF/clusterlab.yaml`)
  if (text === undefined) return { context, directory, servlets: [] }
  try {
    const list = (parse(text) as { servlets?: unknown } | null)?.servlets
    return {
      context,
      directory,
      servlets: (Array.isArray(list) ? list : []).map((s) => servletOf(context, (s ?? {}) as Record<string, unknown>)),
    }
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error
    return { context, directory, servlets: [], error: error.message.split('\n')[0]! }
  }
}

/** All that lie in `webapps` now; archives cannot be opened and are named in `archives`. */
export function applicationsIn(files: FileView, webapps: string): { applications: Application[]; archives: string[] } {
  const names = namesIn(files, webapps).filter((n) => !n.startsWith('.'))
  return {
    applications: names.filter((n) => kindAt(files, `${webapps}/${n}`) === 'directory').map((n) => read(files, webapps, n)),
    archives: names.filter((n) => n.endsWith('.war')),
  }
}

/** The application with the longest path that fits. */
export const applicationFor = (applications: readonly Application[], path: string): Application | undefined =>
  applications
    .filter((a) => a.error === undefined && (path === a.context || path.startsWith(`${a.context}/`)))
    .sort((a, b) => b.context.length - a.context.length)[0]
