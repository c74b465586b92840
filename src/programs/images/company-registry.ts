/** The company's own registry, which asks for a login: what it holds are images that Docker Hub has too. */
import type { PrivateRegistry } from './private-registry.ts'

export const companyRegistry: PrivateRegistry = {
  registry: 'registry.miempresa.com',
  repositories: { web: 'nginx', tienda: 'wordpress', herramientas: 'busybox', 'direccion/informes': 'httpd' },
  users: {
    desarrollo: { password: 'N0-es-un-secreto', reads: ['web', 'tienda', 'herramientas'] },
    direccion: { password: 'Solo-para-jefes', reads: ['web', 'direccion/informes'] },
  },
}
