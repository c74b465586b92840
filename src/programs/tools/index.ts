/** Tools that need the network, for containers' shells and the player's prompt alike: one record a tool, one entry here. */
import type { Tool } from '../../script/contract.ts'
import { connectionTools } from './connections.ts'
import { curl } from './curl.ts'
import { type NetworkAccess, type NetworkToolRecord, toolOf } from './machine.ts'
import { nameTools } from './names.ts'
import { wget } from './wget.ts'

export { accessOf, type NetworkAccess } from './machine.ts'

const records: readonly NetworkToolRecord[] = [curl, wget, ...nameTools, ...connectionTools]

export const networkToolNames: ReadonlySet<string> = new Set(records.flatMap((r) => r.names))

/** Nowhere: only to say which tools there are. */
const nowhere: NetworkAccess = {
  ip: '127.0.0.1',
  dial: () => ({ ok: false, failure: 'no-route', message: 'no network', latencyMs: 0 }),
  resolve: () => ({ ok: false, code: 'TIMEOUT', server: '', latencyMs: 0 }),
}

/** The tools at one place of the network, by name. `access` undefined: only their names count. */
export function networkTools(access: NetworkAccess = nowhere): ReadonlyMap<string, Tool> {
  return new Map(records.flatMap((record) => record.names.map((name) => [name, toolOf(record, access)] as const)))
}
