/** mongod's log: one JSON object a line; and what the entrypoint script prints. */
import type { ProcessContext } from '../contract.ts'
import { isoTime } from '../text/times.ts'
import type { Doc } from './contract.ts'

export const log = (ctx: ProcessContext, severity: 'I' | 'W' | 'E' | 'F', component: string, message: string, attributes: Doc): void =>
  ctx.log(
    JSON.stringify({
      t: { $date: isoTime(ctx.nowMs).replace('Z', '+00:00') },
      s: severity,
      c: component,
      ctx: 'main',
      msg: message,
      ...(Object.keys(attributes).length > 0 && { attr: attributes }),
    }),
  )

export const halfCredentials = `error: missing 'MONGO_INITDB_ROOT_USERNAME' or 'MONGO_INITDB_ROOT_PASSWORD'
       both must be specified for a user to be created`

export const noKeyFile = 'BadValue: security.keyFile is required when authorization is enabled with replica sets'
