/** `why OBJECT`: why something is as it is, from the cluster's state alone, ending in where to look next. */
import { complain, type PromptVerb } from '../contract.ts'

export const whyVerb: PromptVerb = {
  names: ['why'],
  usage: 'why OBJECT',
  summary: { en: 'why an object is as it is (pod/web, svc/shop …)', es: 'por qué un objeto está como está (pod/web, svc/shop …)' },
  run: () => complain('why: later'),
}
