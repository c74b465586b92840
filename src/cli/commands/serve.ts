/** `clusterlab serve [LEVEL] [--port N] [--write-kubeconfig FILE] [--speed X] [--preset P] [--insecure-http]`. */
import { Option } from 'commander'
import { PRESETS } from '../../cluster/presets.ts'
import type { CommandRecord } from './contract.ts'

export const serveCommand: CommandRecord = {
  name: 'serve',
  summary: {
    en: 'the Kubernetes HTTP API on 127.0.0.1, for kubectl and client libraries',
    es: 'la API HTTP de Kubernetes en 127.0.0.1, para kubectl y bibliotecas de cliente',
  },
  define: (command) =>
    command
      .argument('[level]')
      .option('--port <port>', 'the port to listen on; 0 for any that is free', '6443')
      .option('--write-kubeconfig <file>', 'where to write the kubeconfig')
      .option('--speed <factor>', 'how many times faster than the clock on the wall virtual time goes', '1')
      .option('--seed <seed>', 'seed of the world')
      .addOption(new Option('--preset <preset>', 'the cluster, where no level is given').choices(PRESETS).default('default'))
      .option('--insecure-http', 'plain HTTP: whoever connects is the player'),
  load: () => import('../serve.ts'),
}
