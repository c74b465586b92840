/**
 * The lock on the data files: two servers over one directory fail as in life. Kernels keep such locks for a living process (NFS: for the
 * lease of a client that went silent); here the holder writes its name into the file, and whoever wants it asks the holder.
 */
import { FileError } from '../../script/files.ts'
import type { ProcessContext } from '../contract.ts'
import { readText, writeText } from '../text/files.ts'

/** NFSv4's default lease. */
const LEASE_MS = 90_000
export const RENEW_MS = 30_000
/** Where it is written: the system tablespace. */
const path = (dir: string): string => `${dir}/ibdata1`

interface Lock {
  readonly holder: string
  readonly ip: string
  readonly port: number
  readonly phase: 'init' | 'up' | 'clean'
  readonly renewedMs: number
}

const holderOf = (ctx: ProcessContext): string => `${ctx.pod.uid}/${ctx.container}`

function read(ctx: ProcessContext, dir: string): Lock | undefined {
  try {
    return JSON.parse(readText(ctx.files, path(dir)) ?? '') as Lock
  } catch {
    return undefined
  }
}

/** Takes or renews the lock. */
export function hold(ctx: ProcessContext, dir: string, port: number, phase: Lock['phase']): void {
  const lock: Lock = { holder: holderOf(ctx), ip: ctx.pod.ip, port, phase, renewedMs: ctx.nowMs }
  try {
    writeText(ctx.files, path(dir), JSON.stringify(lock))
  } catch (error) {
    // A full or read-only disk: the server finds out by itself when it writes.
    if (!(error instanceof FileError)) throw error
  }
}

/** Whether another process that lives has the files open; `crashed`: the last one did not close them. */
export function look(ctx: ProcessContext, dir: string): { readonly held: boolean; readonly crashed: boolean } {
  const lock = read(ctx, dir)
  if (lock === undefined || lock.phase === 'clean') return { held: false, crashed: false }
  // One process at a time in a container: what it held before died with it.
  if (lock.holder === holderOf(ctx)) return { held: false, crashed: lock.phase === 'up' }
  const leased = ctx.nowMs - lock.renewedMs < LEASE_MS
  if (lock.phase === 'init') return { held: leased, crashed: !leased }
  const asked = ctx.dial({
    host: lock.ip,
    port: lock.port,
    protocol: 'mysql',
    payload: { user: '', password: '', holder: true },
    timeoutMs: 2000,
  })
  if (asked.ok) {
    const held = (asked.reply as { holder?: string } | null)?.holder === lock.holder
    return { held, crashed: !held }
  }
  // Silence may be a dead machine or a firewall: only the lease tells.
  return asked.failure === 'timeout' ? { held: leased, crashed: !leased } : { held: false, crashed: true }
}

/** What a server answers who asks. */
export const holderAnswer = (ctx: ProcessContext): { readonly holder: string } => ({ holder: holderOf(ctx) })
