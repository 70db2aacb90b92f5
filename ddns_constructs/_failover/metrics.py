"""What the controller of an address counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddns_constructs._common.metrics import FunctionMetrics

if TYPE_CHECKING:
    from aws_cdk import Duration
    from aws_cdk import aws_cloudwatch as cloudwatch


class FailoverMetrics(FunctionMetrics):
    """A construct with a controller, and a method for each of its metrics."""

    def metric_moved(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Moves that came to their end.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("Moved", period=period)

    def metric_move_failed(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Rounds in which a move did not come to its end; the next one drives it on.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("MoveFailed", period=period)

    def metric_move_time(
        self, *, statistic: str = "Maximum", period: Duration | None = None
    ) -> cloudwatch.Metric:
        """Milliseconds from the decision to move to the last place that was read back.

        Args:
            statistic: How values are put together. Default: the greatest.
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("MoveTime", statistic=statistic, period=period)

    def metric_split_places(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Places that point elsewhere than they should, counted when they are read back.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("SplitPlaces", period=period)

    def metric_unknown(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Rounds that could not say how a node is, or where the address points.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("Unknown", period=period)

    def metric_all_down(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Rounds in which no prober saw a node up.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("AllDown", period=period)

    def metric_degraded(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Rounds in which the active node alone was up, or a prober saw no node at all.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("Degraded", period=period)

    def metric_budget_spent(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Moves that were not made because of `max_moves_per_hour`.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("BudgetSpent", period=period)

    def metric_foreign(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Times at which the address pointed at something that is no node.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("Foreign", period=period)

    def metric_round(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Rounds that came to their end: two controllers run, so about two in each `interval`.

        Args:
            period: The time of one value. Default: 5 minutes.
        """
        return self.metric("Round", period=period)
