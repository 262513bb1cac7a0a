import { QueryErrorResetBoundary } from "@tanstack/react-query";
import { Component, Suspense, type ErrorInfo, type ReactNode } from "react";
import { ErrorState } from "./error-state";
import { Skeleton } from "./skeleton";

interface CatcherProps {
  onReset: () => void;
  elsewhere: ReactNode;
  children: ReactNode;
}

class Catcher extends Component<CatcherProps, { error: unknown }> {
  override state = { error: undefined as unknown };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override componentDidCatch(error: unknown, info: ErrorInfo) {
    console.error(error, info.componentStack);
  }
  override render() {
    if (this.state.error === undefined) return this.props.children;
    const retry = () => {
      this.props.onReset();
      this.setState({ error: undefined });
    };
    return <ErrorState error={this.state.error} onRetry={retry} elsewhere={this.props.elsewhere} />;
  }
}

interface BoundaryProps {
  lines?: number;
  /** Where else to go when the thing is not there. */
  elsewhere?: ReactNode;
  children: ReactNode;
}

/** What its content loads shows here as loading or failed, and leaves the rest of the page alone. */
export function Boundary({ lines = 4, elsewhere, children }: BoundaryProps) {
  return (
    <QueryErrorResetBoundary>
      {({ reset }) => (
        <Catcher onReset={reset} elsewhere={elsewhere}>
          <Suspense fallback={<Skeleton lines={lines} />}>{children}</Suspense>
        </Catcher>
      )}
    </QueryErrorResetBoundary>
  );
}
