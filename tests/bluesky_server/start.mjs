// Runs the reference server and a directory of accounts, on loopback, until standard input closes.
//   node start.mjs FOLDER_OF_NODE_MODULES DATA_FOLDER
// When both answer, prints one line of JSON: {"server": address, "directory": address}.
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import net from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const [installed, data] = process.argv.slice(2)
const wanted = createRequire(path.join(installed, 'package.json'))
const load = (name) => import(pathToFileURL(wanted.resolve(name)).href)

// Both listen on every address of the machine by themselves.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (port, ...rest) {
  const done = rest.find((one) => typeof one === 'function')
  return listen.call(this, { port: Number(port), host: '127.0.0.1' }, done)
}

const freePort = () =>
  new Promise((resolve) => {
    const probe = net.createServer()
    probe.listen(0, () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })

const [port, directoryPort] = [await freePort(), await freePort()]
const { PlcServer, Database } = wanted('@did-plc/server')
const directory = PlcServer.create({ db: Database.mock(), port: directoryPort })
await directory.start()

mkdirSync(path.join(data, 'blobs'), { recursive: true })
const { PDS, envToCfg, envToSecrets } = await load('@atproto/pds')
const settings = {
  devMode: true,
  hostname: 'localhost',
  port,
  serviceDid: 'did:web:localhost',
  dataDirectory: data,
  blobstoreDiskLocation: path.join(data, 'blobs'),
  didPlcUrl: `http://127.0.0.1:${directoryPort}`,
  serviceHandleDomains: ['.test'],
  inviteRequired: false,
  disableSsrfProtection: true,
  rateLimitsEnabled: true,
  crawlers: [],
  bskyAppViewUrl: 'http://127.0.0.1:1',
  bskyAppViewDid: 'did:example:nobody',
  adminPassword: process.env.PDS_ADMIN_PASSWORD,
  jwtSecret: process.env.PDS_JWT_SECRET,
  plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString('hex'),
  logEnabled: false,
}
const server = await PDS.create(envToCfg(settings), envToSecrets(settings))
await server.start()
const said = { server: `http://127.0.0.1:${port}`, directory: `http://127.0.0.1:${directoryPort}` }
console.log(JSON.stringify(said))

process.stdin.on('end', () => process.exit(0)).resume()
