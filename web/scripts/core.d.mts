/** The core, as the page's worker has it. */
export function loadCore(
  name?: string,
): Promise<{ handle(operation: string, request: string): { json: string; kind: 0 | 1 | 2 } }>;
