/**
 * The journal: everything that was put into a session, with the virtual time at which it was. It is the save file, the submission, the
 * bug report and the shared solution at once; played again on the same engine it gives the same state hash. One JSON record a line.
 */
import { z } from 'zod'

export const JOURNAL_FORMAT = 'clusterlab/journal/v1'
export { ENGINE_VERSION } from './version.ts'

const header = z.object({
  type: z.literal('header'),
  format: z.literal(JOURNAL_FORMAT),
  engine: z.string(),
  /** Name of the level, or '' for a free cluster. */
  level: z.string(),
  levelHash: z.string(),
  seed: z.string(),
  lang: z.string().optional(),
  preset: z.string().optional(),
  /** A person sat there: editors were shown, commands could ask for input. */
  person: z.boolean().optional(),
  namespace: z.string().optional(),
})

/** A year: nobody plays longer. */
const MAX_AT_MS = 366 * 86_400_000
/** More inputs than anybody types. */
const MAX_RECORDS = 100_000

/** Milliseconds of virtual time since the player entered. */
const at = z.number().min(0).max(MAX_AT_MS)

const record = z.discriminatedUnion('type', [
  z.object({ type: z.literal('input'), at, text: z.string() }),
  /** The editor was closed: with the new text, or without saving (null). */
  z.object({ type: z.literal('edit'), at, text: z.string().nullable() }),
  /** A line for the running command's standard input; null is its end. */
  z.object({ type: z.literal('stdin'), at, text: z.string().nullable() }),
  z.object({ type: z.literal('interrupt'), at }),
  z.object({ type: z.literal('undo'), at }),
  z.object({ type: z.literal('check'), at }),
  z.object({ type: z.literal('hint'), at }),
  z.object({ type: z.literal('answer'), at, id: z.string(), value: z.string() }),
  z.object({ type: z.literal('file'), at, path: z.string(), text: z.string() }),
  z.object({ type: z.literal('fault'), at, kind: z.string(), target: z.record(z.string(), z.unknown()) }),
  z.object({ type: z.literal('end'), at, stateHash: z.string() }),
])

export type JournalHeader = z.infer<typeof header>
export type JournalRecord = z.infer<typeof record>

export interface Journal {
  readonly header: JournalHeader
  readonly records: readonly JournalRecord[]
}

export const formatJournal = (journal: Journal): string =>
  [journal.header, ...journal.records]
    .map((r) => JSON.stringify(r))
    .join('\n')
    .concat('\n')

/** Thrown for a file that is no journal; says the line. */
export class JournalError extends Error {
  override readonly name = 'JournalError'
}

function parseLine(line: string, number: number, schema: z.ZodType): unknown {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new JournalError(`line ${number}: not JSON`)
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw new JournalError(`line ${number}: ${issue.path.join('.') || 'record'}: ${issue.message}`)
  }
  return parsed.data
}

/** A last line that was cut short (a crash while writing) is left out. */
export function parseJournal(text: string): Journal {
  const lines = text.split('\n')
  const whole = text.endsWith('\n') ? lines.slice(0, -1) : lines
  const body = whole.filter((l) => l.trim() !== '')
  if (body.length === 0) throw new JournalError('the file is empty')
  if (body.length > MAX_RECORDS) throw new JournalError(`more than ${MAX_RECORDS} records`)
  const records: JournalRecord[] = []
  for (let i = 1; i < body.length; i++) {
    try {
      records.push(parseLine(body[i]!, i + 1, record) as JournalRecord)
    } catch (error) {
      if (i === body.length - 1 && !text.endsWith('\n')) break
      throw error
    }
  }
  const head = parseLine(body[0]!, 1, header) as JournalHeader
  checkOrder(records)
  return { header: head, records }
}

/** Time goes back only by an undo. */
function checkOrder(records: readonly JournalRecord[]): void {
  for (const [i, { at: now }] of records.entries()) {
    if (records[i]!.type === 'undo') return
    if (i > 0 && now < records[i - 1]!.at) throw new JournalError(`line ${i + 2}: its time is before that of the record above`)
  }
}

/** Whether a person sat at the session: older journals say it only by an edit. */
export const hadPerson = ({ header: head, records }: Journal): boolean => head.person ?? records.some((r) => r.type === 'edit')
