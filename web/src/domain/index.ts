// The words of the domain, as types made from the core's schemas.
export type {
  Accelerator,
  Cell,
  Change,
  DescribeResponse,
  EvaluateResponse,
  Memory,
  ModelSummary,
  Plan,
  PresetsResponse,
  RecommendResponse,
  Search,
  StageMemory,
  Strategy,
  System,
  Time,
} from './responses.generated';
