"""What the function of a construct counts, by its name."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from constructs import Construct

from ddns_constructs._common.alarms import check_metric, function_metric

if TYPE_CHECKING:
    from aws_cdk import Duration
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_lambda as lambda_


class FunctionMetrics(Construct):
    """A construct with one function, whose metrics have a method each beside this one."""

    @property
    @abstractmethod
    def function(self) -> lambda_.IFunction:
        """The function that counts."""

    def metric(
        self,
        metric_name: str,
        *,
        statistic: str = "Sum",
        period: Duration | None = None,
        label: str | None = None,
    ) -> cloudwatch.Metric:
        """Return a metric that the function counts; change more of it by its `with_`.

        Args:
            metric_name: Its name in the namespace DdnsConstructs.
            statistic: How values are put together. Default: their sum.
            period: The time of one value. Default: 5 minutes.
            label: Its name in a graph. Default: the name of the metric.

        Returns:
            The metric.

        Raises:
            ValueError: Nothing is counted by that name; the text lists all that are.
        """
        check_metric(self, metric_name)
        return function_metric(
            self.function, metric_name, label=label, period=period, statistic=statistic
        )
