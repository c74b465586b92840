/** What a node keeps in path.data: its id, the last accepted cluster state, and the documents of its shards. All else is gone with the process. */
import { FileError, type FileView } from '../../script/files.ts'
import { readText, removeAll, writeText } from '../text/files.ts'
import type { ClusterState, Operation } from './contract.ts'

interface Kept {
  readonly nodeId: string
  readonly term: number
  readonly cluster?: ClusterState
}

const path = (data: string): string => `${data}/_state/node.json`

export function readKept(files: FileView, data: string): Kept | undefined {
  try {
    return JSON.parse(readText(files, path(data)) ?? '') as Kept
  } catch {
    return undefined
  }
}

/** Throws FileError when the disk does not take it. */
export const keep = (files: FileView, data: string, kept: Kept): void => writeText(files, path(data), JSON.stringify(kept))

const shardFile = (data: string, index: string, shard: number): string => `${data}/indices/${encodeURIComponent(index)}/${shard}.jsonl`

export function appendOperations(files: FileView, data: string, index: string, shard: number, operations: readonly Operation[]): void {
  const file = shardFile(data, index, shard)
  const text = operations.map((o) => `${JSON.stringify(o)}\n`).join('')
  try {
    // Asking first would measure the whole file.
    files.append(file, text)
  } catch (error) {
    if (!(error instanceof FileError) || error.code !== 'ENOENT') throw error
    writeText(files, file, text)
  }
}

/** Shards as last read, by their text: a search reads all of one, and nothing in it changes between two searches. */
const read = new Map<string, ReadonlyMap<string, Operation>>()
const KEPT_TEXTS = 16

/** The documents of a shard, deleted ones left out. */
export function readDocuments(files: FileView, data: string, index: string, shard: number): ReadonlyMap<string, Operation> {
  const text = readText(files, shardFile(data, index, shard)) ?? ''
  let documents = read.get(text)
  if (documents === undefined) {
    documents = parseDocuments(text)
    if (read.size >= KEPT_TEXTS) read.clear()
    read.set(text, documents)
  }
  return documents
}

function parseDocuments(text: string): Map<string, Operation> {
  const out = new Map<string, Operation>()
  for (const line of text.split('\n')) {
    if (line === '') continue
    const operation = JSON.parse(line) as Operation
    if (operation.source === undefined) out.delete(operation.id)
    else out.set(operation.id, operation)
  }
  return out
}

export function replaceDocuments(files: FileView, data: string, index: string, shard: number, documents: readonly Operation[]): void {
  removeAll(files, shardFile(data, index, shard))
  appendOperations(files, data, index, shard, documents)
}

export const dropIndex = (files: FileView, data: string, index: string): void =>
  removeAll(files, `${data}/indices/${encodeURIComponent(index)}`)
