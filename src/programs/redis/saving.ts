/** When the server writes to its disk: save points, SAVE, the append-only file, and the end. */
import { FileError } from '../../script/files.ts'
import type { ProcessContext } from '../contract.ts'
import type { Change } from './contract.ts'
import { Keyspace } from './keyspace.ts'
import { appendAof, createAof, hasAof, writeRdb } from './persist.ts'
import { savePoints } from './settings.ts'
import { log, productOf, type State } from './state.ts'

/** Writes the snapshot; `saveFailed` when the disk does not take it. */
export function save(s: State, ctx: ProcessContext, how: 'background' | 'foreground'): State {
  try {
    const entries = new Keyspace(s.keys, ctx.nowMs).all()
    writeRdb(ctx.files, s.config, { savedMs: ctx.nowMs, version: productOf(ctx).version, replId: s.replId, offset: s.offset, entries })
    log(s, ctx, '*', how === 'background' ? 'Background saving terminated with success' : 'DB saved on disk')
    return { ...s, savedMs: ctx.nowMs, dirty: 0, saveFailed: false }
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    log(s, ctx, '#', `Failed opening the temp RDB file temp-1.rdb (in server root dir ${s.config['dir']}) for saving: ${error.message}`)
    if (how === 'background') log(s, ctx, '#', 'Background saving error')
    return { ...s, saveFailed: true }
  }
}

/** After a write: saves if a save point is reached, or sets the timer for the next that will be. */
export function scheduled(s: State, ctx: ProcessContext): State {
  const due = savePoints(s.config)
    .filter((p) => s.dirty >= p.changes)
    .map((p) => ({ ...p, atMs: s.savedMs + p.seconds * 1000 }))
    .sort((a, b) => a.atMs - b.atMs)[0]
  if (due === undefined || s.dirty === 0) return s
  // A save that failed is tried again after five seconds.
  const atMs = s.saveFailed ? Math.max(due.atMs, ctx.nowMs + 5_000) : due.atMs
  if (atMs > ctx.nowMs) {
    ctx.timer('save', atMs - ctx.nowMs)
    return s
  }
  log(s, ctx, '*', `${due.changes} changes in ${due.seconds} seconds. Saving...`)
  return save(s, ctx, 'background')
}

/** Appends changes before they are acknowledged. An error text when the disk takes no more. */
export function append(s: State, changes: readonly Change[], ctx: ProcessContext): string | undefined {
  if (s.config['appendonly'] !== 'yes') return undefined
  try {
    if (hasAof(ctx.files, s.config)) appendAof(ctx.files, s.config, changes)
    else createAof(ctx.files, s.config, new Keyspace(s.keys, ctx.nowMs).all())
    return undefined
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return error.message
  }
}

/** Rewrites the append-only file from what there is. */
export function rewrite(s: State, ctx: ProcessContext): State {
  try {
    createAof(ctx.files, s.config, new Keyspace(s.keys, ctx.nowMs).all())
    log(s, ctx, '*', 'Background AOF rewrite finished successfully')
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    log(s, ctx, '#', `Error trying to open/create the AOF manifest file: ${error.message}`)
  }
  return s
}
