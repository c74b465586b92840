/** grastate.dat (where this node stood when it was stopped), gvwstate.dat (the view it was in when it was not) and the position InnoDB keeps. */
import { FileError } from '../../../script/files.ts'
import type { ProcessContext } from '../../contract.ts'
import { readText, removeAll, writeText } from '../../text/files.ts'
import type { Galera, Member, View } from './contract.ts'

const NO_UUID = '00000000-0000-0000-0000-000000000000'

export interface SavedState {
  readonly uuid?: string
  /** -1: it was not stopped in order. */
  readonly seqno: number
  readonly safeToBootstrap: boolean
}

/** Undefined: there is no such file. */
export function readGrastate(ctx: ProcessContext, dir: string): SavedState | undefined {
  const text = readText(ctx.files, `${dir}/grastate.dat`)
  if (text === undefined) return undefined
  const field = (name: string): string | undefined => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(text)?.[1]
  const uuid = field('uuid')
  return {
    ...(uuid !== undefined && uuid !== NO_UUID && { uuid }),
    seqno: Number(field('seqno') ?? -1),
    safeToBootstrap: field('safe_to_bootstrap') === '1',
  }
}

function written(ctx: ProcessContext, path: string, text: string): void {
  try {
    writeText(ctx.files, path, text)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
  }
}

export const writeGrastate = (ctx: ProcessContext, dir: string, s: SavedState): void =>
  written(
    ctx,
    `${dir}/grastate.dat`,
    `# GALERA saved state\nversion: 2.1\nuuid:    ${s.uuid ?? NO_UUID}\nseqno:   ${s.seqno}\nsafe_to_bootstrap: ${s.safeToBootstrap ? 1 : 0}\n`,
  )

export const writeGvwstate = (ctx: ProcessContext, dir: string, me: Member, view: View): void =>
  written(
    ctx,
    `${dir}/gvwstate.dat`,
    `my_uuid: ${me.uuid}\n#vwbeg\nview_id: 3 ${view.members[0]!.uuid} ${view.id}\nbootstrap: 0\ncluster: ${view.clusterUuid}\n${view.members.map((m) => `member: ${m.uuid} 0 ${m.name} ${m.ip}\n`).join('')}#vwend\n`,
  )

export const removeGvwstate = (ctx: ProcessContext, dir: string): void => removeAll(ctx.files, `${dir}/gvwstate.dat`)

/** The view of a node that was not stopped in order. */
export function readGvwstate(ctx: ProcessContext, dir: string, seqno: number): { readonly uuid: string; readonly view: View } | undefined {
  const text = readText(ctx.files, `${dir}/gvwstate.dat`)
  const uuid = /^my_uuid: (\S+)/m.exec(text ?? '')?.[1]
  const id = /^view_id: \d+ \S+ (\d+)/m.exec(text ?? '')?.[1]
  if (text === undefined || uuid === undefined || id === undefined) return undefined
  const members = [...text.matchAll(/^member: (\S+) \d+ (\S+) (\S+)/gm)].map(([, u, name, ip]) => ({ uuid: u!, name: name!, ip: ip! }))
  const clusterUuid = /^cluster: (\S+)/m.exec(text)?.[1] ?? ''
  return { uuid, view: { id: Number(id), clusterUuid, primary: true, members, seqno } }
}

/** The position that InnoDB keeps with every commit: what --wsrep-recover finds. */
const positionFile = (dir: string): string => `${dir}/undo001`

export const writePosition = (ctx: ProcessContext, dir: string, g: Pick<Galera, 'clusterUuid' | 'seqno'>): void =>
  written(ctx, positionFile(dir), `${g.clusterUuid ?? NO_UUID}:${g.seqno}`)

export function readPosition(ctx: ProcessContext, dir: string): { readonly uuid: string; readonly seqno: number } {
  const [uuid = NO_UUID, seqno = '-1'] = (readText(ctx.files, positionFile(dir)) ?? '').split(':')
  return { uuid: uuid || NO_UUID, seqno: Number(seqno) }
}
