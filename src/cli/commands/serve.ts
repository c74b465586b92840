/** `clusterlab serve [LEVEL]`: the HTTP API is not part of this version, and says so. */
import { inputError } from '../context.ts'
import type { CommandRecord } from './contract.ts'

const NOT_YET = {
  en: 'serve: the HTTP API is not available yet. Use `clusterlab sh` for a prompt, or `clusterlab rpc` from a program.',
  es: 'serve: la API HTTP aún no está disponible. Usa `clusterlab sh` para un prompt, o `clusterlab rpc` desde un programa.',
}

export const serveCommand: CommandRecord = {
  name: 'serve',
  summary: {
    en: 'the Kubernetes HTTP API on 127.0.0.1 (not available yet)',
    es: 'la API HTTP de Kubernetes en 127.0.0.1 (aún no disponible)',
  },
  define: (command) => command.argument('[level]'),
  load: async () => ({
    run: async (_args, _options, { lang }) => {
      throw inputError(NOT_YET[lang])
    },
  }),
}
