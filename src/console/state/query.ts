import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type ApiFailure, asFailure } from '../api/failure.js';
import { run } from '../api/run.js';
import type { TrustedDocument } from '../api/trusted-document.js';

interface Query<Result> {
  /** The newest data: that of variables before, while these are asked about. Null until there is some, and where these failed. */
  readonly data: Result | null;
  /** Why the newest attempt with these variables brought none. */
  readonly failure: ApiFailure | null;
  readonly isLoading: boolean;
  readonly refetch: () => void;
}

interface State<Result> extends Omit<Query<Result>, 'refetch'> {
  /** Of the variables that were answered last. */
  readonly key: string | null;
}

/** Runs a query, and again where its variables change. Null variables: nothing is asked yet. */
export function useQuery<Result, Variables>(
  document: TrustedDocument<Result, Variables>,
  variables: Variables | null,
): Query<Result> {
  const [state, setState] = useState<State<Result>>({ key: null, data: null, failure: null, isLoading: true });
  const [round, setRound] = useState(0);
  const key = JSON.stringify(variables);
  const latest = useRef(variables);
  latest.current = variables;

  // The key stands for the variables.
  useEffect(() => {
    if (latest.current === null) {
      setState({ key, data: null, failure: null, isLoading: false });
      return;
    }
    const controller = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    run(document, latest.current, controller.signal).then(
      (data) => setState({ key, data, failure: null, isLoading: false }),
      (error: unknown) => {
        if (controller.signal.aborted) return;
        setState((before) => ({
          key,
          // What another question found is no answer to this one.
          data: before.key === key ? before.data : null,
          failure: asFailure(error),
          isLoading: false,
        }));
      },
    );
    return () => controller.abort();
  }, [document, key, round]);

  const refetch = useCallback(() => setRound((before) => before + 1), []);
  // Other variables are being asked about from the moment they are given, and nothing has failed of them.
  const isOfOthers = state.key !== key;
  return {
    ...state,
    failure: isOfOthers ? null : state.failure,
    isLoading: state.isLoading || isOfOthers,
    refetch,
  };
}
