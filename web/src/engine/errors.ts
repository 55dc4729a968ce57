// What a call may end with beside an answer. An aborted call rejects with the platform's AbortError.

export interface Problem {
  error: string;
  /** Path into the request, such as /gpus or /tp/0. */
  field: string;
  hint?: string;
}

/** The request is wrong; `problems` are for the person who wrote it. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  readonly field: string;
  readonly hint: string;
  readonly problems: Problem[];
  constructor(reply: { error: string; field?: string; hint?: string; problems?: Problem[] }) {
    super(reply.error);
    this.field = reply.field ?? '';
    this.hint = reply.hint ?? '';
    this.problems = reply.problems ?? [{ error: reply.error, field: this.field, hint: this.hint }];
  }
}

/** The planner itself failed. */
export class PlannerFault extends Error {
  override readonly name = 'PlannerFault';
}

export const aborted = () => new DOMException('The call was aborted.', 'AbortError');
export const isAborted = (error: unknown) => error instanceof DOMException && error.name === 'AbortError';
