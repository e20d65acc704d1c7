/** The Graph-shaped side: what the product's client calls. Any version number is taken. */
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorBody, graphError, noSuchObject, type GraphError } from './graph-errors.ts';
import { createSendDesk } from './send.ts';
import type { Simulation } from './simulation.ts';
import type { BusinessNumber, StoredMedia } from './world.ts';

/** Meta's limits by kind; the largest caps the upload itself. */
const MAX_IMAGE_BYTES = 5 * 1024 * 1024;
const MAX_DOCUMENT_BYTES = 100 * 1024 * 1024;

type Path = { readonly version: string; readonly id: string };

export async function graphRoutes(app: FastifyInstance, { sim }: { readonly sim: Simulation }): Promise<void> {
  await app.register(multipart, { limits: { fileSize: MAX_DOCUMENT_BYTES, files: 1, fields: 10 } });
  const send = createSendDesk(sim);

  app.post<{ Params: Path }>('/:version(^v\\d+\\.\\d+$)/:id/messages', (request, reply) => {
    const number = authorised(sim, request);
    if ('code' in number) return refuse(reply, number);
    const answer = send(number, request.body);
    if (answer.kind === 'error') return refuse(reply, answer.error);
    if (!answer.lost) return reply.send(answer.body);
    // Carried out, but the answer never arrives.
    reply.hijack();
    request.raw.socket.destroy();
    return reply;
  });

  app.post<{ Params: Path }>('/:version(^v\\d+\\.\\d+$)/:id/media', async (request, reply) => {
    const number = authorised(sim, request);
    if ('code' in number) return refuse(reply, number);
    const stored = await receiveUpload(sim, number, request);
    return 'code' in stored ? refuse(reply, stored) : reply.send({ id: stored.id });
  });

  app.get<{ Params: Path; Querystring: { fields?: string } }>('/:version(^v\\d+\\.\\d+$)/:id', (request, reply) => {
    const number = authorised(sim, request);
    if (!('code' in number)) return reply.send(fieldsOf(number, request.query.fields));
    const media = sim.shelf.find(request.params.id);
    const owner = media === null ? undefined : sim.world.numbers.get(media.phoneNumberId);
    if (media === null || owner === undefined) return refuse(reply, number);
    const denied = tokenFault(sim, request, owner);
    return denied === null ? reply.send(mediaReply(sim, request, media)) : refuse(reply, denied);
  });

  app.get<{ Params: { id: string }; Querystring: { ext?: string; hash?: string } }>('/media-files/:id', (request, reply) => {
    const media = sim.shelf.byAddress(request.params.id, { ext: request.query.ext ?? '', hash: request.query.hash ?? '' });
    if (media === null) return reply.code(404).send('');
    const owner = sim.world.numbers.get(media.phoneNumberId);
    if (owner === undefined || tokenFault(sim, request, owner) !== null) return reply.code(401).send('');
    return reply.type(media.mimeType).header('x-content-type-options', 'nosniff').send(Buffer.from(media.bytes));
  });
}

function authorised(sim: Simulation, request: FastifyRequest<{ Params: Path }>): BusinessNumber | GraphError {
  const number = sim.world.numbers.get(request.params.id);
  if (number === undefined) return bearerOf(request) === null ? graphError(0) : noSuchObject(request.params.id);
  return tokenFault(sim, request, number) ?? number;
}

function tokenFault(sim: Simulation, request: FastifyRequest, number: BusinessNumber): GraphError | null {
  const token = bearerOf(request);
  if (token === null) return graphError(0);
  if (token === number.accessToken) return null;
  // A good token of somebody else is a question of permission.
  const foreign = [...sim.world.numbers.values()].some((each) => each.accessToken === token);
  return foreign ? noSuchObject(number.phoneNumberId) : graphError(190);
}

function bearerOf(request: FastifyRequest): string | null {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

function refuse(reply: FastifyReply, error: GraphError): FastifyReply {
  return reply.code(error.httpStatus).send(errorBody(error));
}

function fieldsOf(number: BusinessNumber, wanted: string | undefined): object {
  const all = {
    id: number.phoneNumberId,
    verified_name: number.verifiedName,
    display_phone_number: number.displayPhoneNumber,
    quality_rating: 'GREEN',
    code_verification_status: 'VERIFIED',
    platform_type: 'CLOUD_API',
    throughput: { level: 'STANDARD' },
  };
  if (wanted === undefined) return all;
  const names = new Set(['id', ...wanted.split(',')]);
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
}

function mediaReply(sim: Simulation, request: FastifyRequest, media: StoredMedia): object {
  return {
    messaging_product: 'whatsapp',
    url: `${request.protocol}://${request.host}${sim.shelf.addressOf(media)}`,
    mime_type: media.mimeType,
    sha256: media.sha256.toString('hex'),
    file_size: media.bytes.byteLength,
    id: media.id,
  };
}

async function receiveUpload(sim: Simulation, number: BusinessNumber, request: FastifyRequest): Promise<StoredMedia | GraphError> {
  if (!request.isMultipart()) return graphError(100, 'The body must be multipart/form-data.');
  const fields = new Map<string, string>();
  let file: { readonly bytes: Buffer; readonly filename: string; readonly mimeType: string } | null = null;
  for await (const part of request.parts()) {
    if (part.type === 'file') file = { bytes: await part.toBuffer(), filename: part.filename, mimeType: part.mimetype };
    else if (typeof part.value === 'string') fields.set(part.fieldname, part.value);
  }
  if (fields.get('messaging_product') !== 'whatsapp') return graphError(100, 'messaging_product must be whatsapp.');
  if (file === null) return graphError(100, 'The parameter file is required.');
  const mimeType = fields.get('type') ?? file.mimeType;
  if (mimeType.startsWith('image/') && file.bytes.length > MAX_IMAGE_BYTES) return graphError(131053, 'Images are at most 5 MB.');
  return sim.shelf.put(number, { bytes: file.bytes, mimeType, filename: file.filename }, 'upload');
}
