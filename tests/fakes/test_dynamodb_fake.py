"""The fake against the documented rules, and against moto wherever moto knows them.

moto 5.2 is laxer in what `TestWhereMotoIsLaxer` holds, which takes the fake alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.fakes.dynamodb import FakeDynamoDb
from tests.fakes.dynamodb_items import measured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Client = Any  # the fake or boto3's own
TABLE = "table"


@pytest.fixture(scope="module")
def moto() -> Iterator[Client]:
    """The client takes longer to make than all tests of it take."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        yield boto3.client("dynamodb", region_name="us-east-1")


@pytest.fixture(params=("fake", "moto"))
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    if request.param == "fake":
        yield FakeDynamoDb({TABLE: "pk"})
        return
    made = request.getfixturevalue("moto")
    made.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )
    yield made
    made.delete_table(TableName=TABLE)


@pytest.fixture
def fake() -> FakeDynamoDb:
    return FakeDynamoDb({TABLE: "pk"})


def key(text: str) -> dict[str, Any]:
    return {"pk": {"S": text}}


def put(client: Client, text: str, /, **attributes: dict[str, Any]) -> None:
    client.put_item(TableName=TABLE, Item={**key(text), **attributes})


def get(client: Client, text: str) -> dict[str, Any] | None:
    item: dict[str, Any] | None = client.get_item(TableName=TABLE, Key=key(text)).get("Item")
    return item


def change(client: Client, text: str, expression: str, **more: Any) -> dict[str, Any] | None:  # noqa: ANN401 - boto3's
    client.update_item(TableName=TABLE, Key=key(text), UpdateExpression=expression, **more)
    return get(client, text)


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def cancellation(call: Callable[[], object]) -> list[str]:
    with pytest.raises(ClientError) as caught:
        call()
    answer: Any = caught.value.response
    assert answer["Error"]["Code"] == "TransactionCanceledException"
    return [reason["Code"] for reason in answer["CancellationReasons"]]


ALL_TYPES: dict[str, Any] = {
    "text": {"S": "a"},
    "count": {"N": "12"},
    "flag": {"BOOL": True},
    "raw": {"B": b"\x00\x01"},
    "texts": {"SS": ["a", "b"]},
    "tree": {"M": {"leaf": {"L": [{"S": "x"}, {"N": "1"}]}}},
    "none": {"NULL": True},
}
HOLDING: dict[str, Any] = {"a": {"N": "5"}, "b": {"S": "five"}, "c": {"M": {"d": {"S": "deep"}}}}


class TestItems:
    def test_an_item_comes_back_as_it_was_put(self, client: Client) -> None:
        put(client, "1", **ALL_TYPES)
        assert get(client, "1") == {**key("1"), **ALL_TYPES}

    def test_what_was_never_put_has_no_item(self, client: Client) -> None:
        assert get(client, "1") is None

    def test_a_deleted_item_is_gone_and_deleting_again_is_no_error(self, client: Client) -> None:
        put(client, "1")
        client.delete_item(TableName=TABLE, Key=key("1"))
        client.delete_item(TableName=TABLE, Key=key("1"))
        assert get(client, "1") is None

    def test_a_table_that_is_not_there_is_an_error(self, client: Client) -> None:
        code = refusal(lambda: client.get_item(TableName="other", Key=key("1")))
        assert code == "ResourceNotFoundException"

    def test_a_reader_who_changes_its_copy_does_not_change_the_table(self, client: Client) -> None:
        put(client, "1", **ALL_TYPES)
        item = get(client, "1")
        assert item is not None
        item["tree"]["M"].clear()
        item["texts"]["SS"].append("c")
        assert get(client, "1") == {**key("1"), **ALL_TYPES}

    def test_an_empty_set_is_refused(self, client: Client) -> None:
        assert refusal(lambda: put(client, "1", texts={"SS": []})) == "ValidationException"

    def test_a_size_counts_names_values_and_the_overhead_of_containers(self) -> None:
        assert measured({"pk": {"S": "ab"}, "t": {"M": {"x": {"SS": ["é"]}}}})[1] == 4 + 1 + 3 + 4


class TestConditions:
    @pytest.mark.parametrize(
        ("condition", "values", "met"),
        (
            ("attribute_exists(a)", {}, True),
            ("attribute_exists(x)", {}, False),
            ("attribute_not_exists(x)", {}, True),
            ("a = :v", {"N": "5.0"}, True),
            ("a <> :v", {"N": "5"}, False),
            ("a < :v", {"N": "10"}, True),
            ("a <= :v", {"N": "5"}, True),
            ("a > :v", {"N": "4"}, True),
            ("a >= :v", {"N": "6"}, False),
            ("a = :v", {"S": "5"}, False),
            ("x = :v", {"S": "5"}, False),
            ("x <> :v", {"S": "5"}, True),
            ("x < :v", {"S": "5"}, False),
            ("begins_with(b, :v)", {"S": "fi"}, True),
            ("contains(b, :v)", {"S": "iv"}, True),
            ("c.d = :v", {"S": "deep"}, True),
            ("NOT a = :v", {"N": "5"}, False),
            ("a = :v OR attribute_exists(b) AND attribute_exists(x)", {"N": "5"}, True),
            ("(a = :v OR attribute_exists(b)) AND attribute_exists(x)", {"N": "5"}, False),
            ("a BETWEEN :v AND :v", {"N": "5"}, True),
            ("b IN (:v, :v)", {"S": "five"}, True),
            ("size(b) = :v", {"N": "4"}, True),
        ),
    )
    def test_a_condition_is_met_or_not(
        self, client: Client, condition: str, values: dict[str, str], *, met: bool
    ) -> None:
        put(client, "1", **HOLDING)
        more = {"ExpressionAttributeValues": {":v": values}} if values else {}

        def call() -> object:
            return client.delete_item(
                TableName=TABLE, Key=key("1"), ConditionExpression=condition, **more
            )

        if met:
            call()
        else:
            assert refusal(call) == "ConditionalCheckFailedException"
        assert (get(client, "1") is None) == met

    def test_a_put_on_condition_that_there_is_nothing_is_done_once(self, client: Client) -> None:
        def call() -> object:
            condition = "attribute_not_exists(pk)"
            return client.put_item(TableName=TABLE, Item=key("1"), ConditionExpression=condition)

        call()
        assert refusal(call) == "ConditionalCheckFailedException"


class TestUpdates:
    @pytest.mark.parametrize(
        ("expression", "values", "result"),
        (
            ("SET a = :v", {"S": "x"}, {"a": {"S": "x"}}),
            ("SET a = a + :v", {"N": "2"}, {"a": {"N": "7"}}),
            ("SET a = a - :v", {"N": "2"}, {"a": {"N": "3"}}),
            ("SET x = if_not_exists(x, :v)", {"N": "1"}, {"x": {"N": "1"}}),
            ("SET a = if_not_exists(a, :v)", {"N": "1"}, {}),
            ("SET c.d = :v, b = :v", {"S": "x"}, {"c": {"M": {"d": {"S": "x"}}}, "b": {"S": "x"}}),
            ("ADD a :v", {"N": "2"}, {"a": {"N": "7"}}),
            ("ADD x :v", {"N": "2"}, {"x": {"N": "2"}}),
            ("ADD x :v", {"SS": ["p"]}, {"x": {"SS": ["p"]}}),
            ("SET x = :v REMOVE b", {"S": "x"}, {"x": {"S": "x"}, "b": None}),
        ),
    )
    def test_an_update_changes_what_it_names(
        self, client: Client, expression: str, values: dict[str, Any], result: dict[str, Any]
    ) -> None:
        put(client, "1", **HOLDING)
        found = change(client, "1", expression, ExpressionAttributeValues={":v": values})
        expected = {**key("1"), **HOLDING, **result}
        assert found == {name: value for name, value in expected.items() if value is not None}

    def test_operands_are_those_before_the_update(self, client: Client) -> None:
        put(client, "1", a={"N": "1"}, b={"N": "2"})
        found = change(client, "1", "SET a = b, b = a")
        assert found == {**key("1"), "a": {"N": "2"}, "b": {"N": "1"}}

    def test_an_update_of_nothing_makes_an_item(self, client: Client) -> None:
        values = {":v": {"N": "1"}}
        found = change(client, "1", "SET a = :v", ExpressionAttributeValues=values)
        assert found == {**key("1"), "a": {"N": "1"}}

    def test_the_new_item_is_returned_where_it_is_asked_for(self, client: Client) -> None:
        put(client, "1", a={"N": "1"})
        answer = client.update_item(
            TableName=TABLE,
            Key=key("1"),
            UpdateExpression="ADD a :v",
            ExpressionAttributeValues={":v": {"N": "1"}},
            ReturnValues="ALL_NEW",
        )
        assert answer["Attributes"] == {**key("1"), "a": {"N": "2"}}

    def test_a_sum_with_what_is_not_there_is_refused(self, client: Client) -> None:
        put(client, "1")
        values = {":v": {"N": "1"}}
        code = refusal(
            lambda: change(client, "1", "SET a = a + :v", ExpressionAttributeValues=values)
        )
        assert code == "ValidationException"

    def test_a_reserved_word_is_refused_unless_a_placeholder_names_it(self, client: Client) -> None:
        values = {":v": {"S": "x"}}
        code = refusal(
            lambda: change(
                client,
                "1",
                "SET #n = :v, values = :v",
                ExpressionAttributeValues=values,
                ExpressionAttributeNames={"#n": "name"},
            )
        )
        assert code == "ValidationException"
        names = {"#n": "values"}
        more = {"ExpressionAttributeValues": values, "ExpressionAttributeNames": names}
        assert change(client, "1", "SET #n = :v", **more) == {**key("1"), "values": {"S": "x"}}


class TestBatches:
    def test_a_batch_returns_what_is_there(self, client: Client) -> None:
        for text in ("1", "2"):
            put(client, text)
        asked = {"Keys": [key("1"), key("2"), key("3")], "ConsistentRead": True}
        answer = client.batch_get_item(RequestItems={TABLE: asked})
        found = sorted(item["pk"]["S"] for item in answer["Responses"][TABLE])
        assert (found, answer["UnprocessedKeys"]) == (["1", "2"], {})

    def test_a_hundred_keys_are_the_most(self, client: Client) -> None:
        asked = {"Keys": [key(str(n)) for n in range(101)]}
        code = refusal(lambda: client.batch_get_item(RequestItems={TABLE: asked}))
        assert code == "ValidationException"

    def test_a_key_twice_is_refused(self, client: Client) -> None:
        asked = {"Keys": [key("1"), key("1")]}
        code = refusal(lambda: client.batch_get_item(RequestItems={TABLE: asked}))
        assert code == "ValidationException"


def put_action(text: str, **more: object) -> dict[str, Any]:
    return {"Put": {"TableName": TABLE, "Item": key(text), **more}}


ABSENT = {"ConditionExpression": "attribute_not_exists(pk)"}


class TestTransactions:
    def test_all_is_written(self, client: Client) -> None:
        put(client, "2")
        client.transact_write_items(
            TransactItems=[
                put_action("1", **ABSENT),
                {"Delete": {"TableName": TABLE, "Key": key("2")}},
                {
                    "Update": {
                        "TableName": TABLE,
                        "Key": key("3"),
                        "UpdateExpression": "SET a = :v",
                        "ExpressionAttributeValues": {":v": {"N": "1"}},
                    }
                },
                {"ConditionCheck": {"TableName": TABLE, "Key": key("4"), **ABSENT}},
            ]
        )
        assert [get(client, text) is not None for text in "1234"] == [True, False, True, False]

    def test_nothing_is_written_where_one_condition_fails(self, client: Client) -> None:
        put(client, "2")
        actions = [put_action("1"), put_action("2", **ABSENT), put_action("3")]
        reasons = cancellation(lambda: client.transact_write_items(TransactItems=actions))
        assert reasons == ["None", "ConditionalCheckFailed", "None"]
        assert get(client, "1") is None

    def test_the_item_that_failed_is_returned_where_it_is_asked_for(self, client: Client) -> None:
        put(client, "1", a={"N": "1"})
        action = put_action("1", **ABSENT, ReturnValuesOnConditionCheckFailure="ALL_OLD")
        with pytest.raises(ClientError) as caught:
            client.transact_write_items(TransactItems=[action])
        answer: Any = caught.value.response
        assert answer["CancellationReasons"][0]["Item"] == {**key("1"), "a": {"N": "1"}}

    def test_an_item_twice_is_refused(self, client: Client) -> None:
        actions = [put_action("1"), put_action("1")]
        code = refusal(lambda: client.transact_write_items(TransactItems=actions))
        assert code == "ValidationException"

    def test_a_hundred_actions_are_the_most(self, client: Client) -> None:
        actions = [put_action(str(n)) for n in range(101)]
        code = refusal(lambda: client.transact_write_items(TransactItems=actions))
        assert code == "ValidationException"

    def test_a_read_returns_items_in_the_order_of_their_keys(self, client: Client) -> None:
        put(client, "1")
        gets = [{"Get": {"TableName": TABLE, "Key": key(text)}} for text in ("2", "1")]
        answer = client.transact_get_items(TransactItems=gets)
        assert [each.get("Item") for each in answer["Responses"]] == [None, key("1")]


def scanned(client: Client, **more: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - boto3's
    pages = client.get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True, **more)
    return list(pages)


class TestScans:
    def test_pages_hold_every_item_once(self, client: Client) -> None:
        for number in range(25):
            put(client, str(number))
        pages = scanned(client, PaginationConfig={"PageSize": 10})
        found = sorted(int(item["pk"]["S"]) for page in pages for item in page["Items"])
        assert found == list(range(25))
        assert len(pages[0]["Items"]) == 10

    def test_a_limit_counts_items_before_the_filter(self, client: Client) -> None:
        for number in range(10):
            put(client, f"{'a' if number < 5 else 'b'}{number}")
        pages = scanned(
            client,
            PaginationConfig={"PageSize": 4},
            FilterExpression="begins_with(pk, :v)",
            ExpressionAttributeValues={":v": {"S": "a"}},
        )
        assert [page["ScannedCount"] for page in pages][:2] == [4, 4]
        assert sum(page["Count"] for page in pages) == 5

    def test_a_projection_leaves_the_other_attributes_out(self, client: Client) -> None:
        put(client, "1", a={"N": "1"}, b={"N": "2"})
        answer = client.scan(TableName=TABLE, ProjectionExpression="pk, b")
        assert answer["Items"] == [{**key("1"), "b": {"N": "2"}}]


class TestWhereMotoIsLaxer:
    @pytest.mark.parametrize("condition", ("a = :missing", "#missing = :v", "a =", "a :v", "a ? a"))
    def test_a_condition_that_is_none_is_refused(self, fake: FakeDynamoDb, condition: str) -> None:
        code = refusal(
            lambda: fake.put_item(
                TableName=TABLE,
                Item=key("1"),
                ConditionExpression=condition,
                ExpressionAttributeValues={":v": {"S": "x"}},
            )
        )
        assert code == "ValidationException"

    def test_a_value_without_use_is_refused(self, fake: FakeDynamoDb) -> None:
        code = refusal(
            lambda: fake.put_item(
                TableName=TABLE,
                Item=key("1"),
                ConditionExpression="a = :v",
                ExpressionAttributeValues={":v": {"S": "x"}, ":unused": {"S": "y"}},
            )
        )
        assert code == "ValidationException"

    def test_an_item_above_400_kb_is_refused(self, fake: FakeDynamoDb) -> None:
        code = refusal(lambda: put(fake, "1", text={"S": "x" * 410_000}))
        assert code == "ValidationException"

    def test_a_page_of_a_scan_ends_at_1_mb(self, fake: FakeDynamoDb) -> None:
        for number in range(5):
            put(fake, str(number), text={"S": "x" * 300_000})
        assert [len(page["Items"]) for page in scanned(fake)] == [3, 2]

    def test_a_full_last_page_says_that_there_may_be_more(self, fake: FakeDynamoDb) -> None:
        put(fake, "1")
        answer = fake.scan(TableName=TABLE, Limit=1)
        assert answer["LastEvaluatedKey"] == key("1")
        more = fake.scan(TableName=TABLE, ExclusiveStartKey=answer["LastEvaluatedKey"])
        assert (more["Items"], "LastEvaluatedKey" in more) == ([], False)

    def test_a_batch_above_16_mb_leaves_keys_unprocessed(self, fake: FakeDynamoDb) -> None:
        keys = [key(str(number)) for number in range(50)]
        for each in keys:
            put(fake, each["pk"]["S"], text={"S": "x" * 400_000})
        answer = fake.batch_get_item(RequestItems={TABLE: {"Keys": keys}})
        left = answer["UnprocessedKeys"][TABLE]["Keys"]
        assert (len(answer["Responses"][TABLE]), len(left)) == (41, 9)
        again = fake.batch_get_item(RequestItems=answer["UnprocessedKeys"])
        assert len(again["Responses"][TABLE]) == 9

    def test_a_transaction_above_4_mb_is_refused(self, fake: FakeDynamoDb) -> None:
        items = [{**key(str(n)), "text": {"S": "x" * 400_000}} for n in range(11)]
        actions = [{"Put": {"TableName": TABLE, "Item": item}} for item in items]
        code = refusal(lambda: fake.transact_write_items(TransactItems=actions))
        assert code == "ValidationException"
        assert get(fake, "1") is None

    @pytest.mark.parametrize(
        "value", ({"N": "1e"}, {"N": "1" * 39}, {"SS": ["a", "a"]}, {"S": 1}, {"X": "a"}, {})
    )
    def test_a_value_that_is_none_is_refused(
        self, fake: FakeDynamoDb, value: dict[str, Any]
    ) -> None:
        assert refusal(lambda: put(fake, "1", a=value)) == "ValidationException"

    def test_an_empty_key_is_refused(self, fake: FakeDynamoDb) -> None:
        assert refusal(lambda: put(fake, "")) == "ValidationException"

    def test_a_snapshot_stays_as_it_was(self, fake: FakeDynamoDb) -> None:
        put(fake, "1")
        snapshot = fake.snapshot()
        put(fake, "2")
        fake.restore(snapshot)
        assert fake.items(TABLE) == {"1": key("1")}

    def test_a_caller_may_crash_before_or_after_a_request(self) -> None:
        def crash(operation: str, moment: str) -> None:
            if (operation, moment) == ("put_item", "after"):
                raise RuntimeError("crash")

        fake = FakeDynamoDb({TABLE: "pk"}, on_call=crash)
        with pytest.raises(RuntimeError, match="crash"):
            put(fake, "1")
        assert get(fake, "1") == key("1")

    def test_an_item_in_a_transaction_refuses_others(self, fake: FakeDynamoDb) -> None:
        fake.busy = lambda text: text == "2"
        reads = [{"Get": {"TableName": TABLE, "Key": key(text)}} for text in ("1", "2")]
        writes = [put_action("1"), put_action("2")]
        conflict = ["None", "TransactionConflict"]
        assert cancellation(lambda: fake.transact_get_items(TransactItems=reads)) == conflict
        assert cancellation(lambda: fake.transact_write_items(TransactItems=writes)) == conflict
        assert refusal(lambda: put(fake, "2")) == "TransactionConflictException"
        assert fake.items(TABLE) == {}
