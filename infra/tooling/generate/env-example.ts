import { renderEnvExample } from '#infra/config-variables.ts';

export const path = '.env.example';
export const generate = renderEnvExample;
