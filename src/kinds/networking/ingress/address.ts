/**
 * Where an Ingress can be reached, as its table and its description show it.
 */
import type { Ingress } from '../../../api/generated/types/networking-v1.ts'

/** Where the load balancer listens, as tables and `describe` show it. */
export const addressOf = (o: Ingress): string =>
  [...new Set((o.status?.loadBalancer?.ingress ?? []).map((i) => i.ip ?? i.hostname ?? '').filter((a) => a !== ''))].sort().join(',')
