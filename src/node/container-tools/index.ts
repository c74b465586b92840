/** Tools in containers that show or change what is of their machine: one record a tool, one line here. */
import type { Image } from '../../programs/contract.ts'
import type { Tool } from '../../script/contract.ts'
import type { ContainerTool, Sight } from './contract.ts'
import { processTools } from './processes.ts'
import { resourceTools } from './resources.ts'
import { socketTools } from './sockets.ts'

const records: readonly ContainerTool[] = [...processTools, ...resourceTools, ...socketTools]
const byName = new Map(records.flatMap((r) => r.names.map((name) => [name, r] as const)))

/** Whether an image has the tool. */
export function hasContainerTool(image: Image, name: string): boolean {
  const record = byName.get(name)
  if (record === undefined || image.base === 'scratch') return false
  if (record.on === 'named') return image.executables.includes(name)
  return image.base === 'busybox' || record.on === 'everywhere' || (record.on === 'procps' && image.executables.includes('ps'))
}

export function containerTool(name: string, sight: Sight): Tool | undefined {
  const record = hasContainerTool(sight.image, name) ? byName.get(name) : undefined
  return record && { names: record.names, run: (ctx) => record.run(sight, ctx) }
}
