using System.Text.Json;
using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Tests.Models;

public sealed class ModelBookTests
{
    private const string Tokens = """{"input_text":"5","input_image":"8","output_image":"30"}""";

    [Fact]
    public void Parse_WhatToJsonWrote_GivesTheSameBook()
    {
        var again = ModelBook.Parse(ModelBook.BuiltIn.ToJson(), "again.json");
        again.ToJson().ShouldBe(ModelBook.BuiltIn.ToJson());
        again.Version.ShouldBe(ModelBook.BuiltIn.Version);
        again.Families.ShouldBe(ModelBook.BuiltIn.Families);
        JsonSerializer.Serialize(again.Models).ShouldBe(JsonSerializer.Serialize(ModelBook.BuiltIn.Models));
    }

    [Fact]
    public void Load_NoPath_IsTheBuiltIn() => ModelBook.Load(null).ShouldBeSameAs(ModelBook.BuiltIn);

    [Fact]
    public void Load_File_LaysItOverTheBuiltIn()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, """{"models":[{"name":"gpt-image-2","aliases":["my-deployment"],"shutdown":"2027-06-01"},{"name":"house-model","limits_group":"house"}]}""");
            var book = ModelBook.Load(path);
            book.Models.Count.ShouldBe(ModelBook.BuiltIn.Models.Count + 1);
            book.Find("my-deployment").Name.ShouldBe("gpt-image-2");
            book.Find("gpt-image-2").Shutdown.ShouldBe(new DateOnly(2027, 6, 1));
            book.PriceOn("my-deployment", new DateOnly(2026, 11, 22), batch: false).ShouldBe(new TokenPrices(5, 8, null, 30));
            book.Find("house-model").IsKnown.ShouldBeTrue();
            book.Find("house-model").LimitsGroup.ShouldBe("house");
            book.Version.ShouldNotBe(ModelBook.BuiltIn.Version);
            ModelBook.BuiltIn.Find("my-deployment").IsKnown.ShouldBeFalse();
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Load_NoSuchFile_NamesIt()
    {
        var path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "book.json");
        Should.Throw<ModelBookException>(() => ModelBook.Load(path)).Message.ShouldStartWith($"{path}: $: can't be read: ");
    }

    [Fact]
    public void With_Null_TakesAway()
    {
        var book = ModelBook.BuiltIn.With("""{"models":[{"name":"dall-e-2","shutdown":null,"replacement":null}]}""", "mine.json");
        book.Find("dall-e-2").Shutdown.ShouldBeNull();
        book.Find("dall-e-2").Replacement.ShouldBeNull();
        book.Find("dall-e-2").Form.ShouldBe(RequestForm.Multipart);
    }

    [Fact]
    public void With_SameTextOtherwiseSpaced_HasTheSameVersion() =>
        ModelBook.BuiltIn.With("""{"models":[{"name":"x"}]}""", "a.json").Version
            .ShouldBe(ModelBook.BuiltIn.With("""{ "models" : [ { "name" : "x" } ] }""", "b.json").Version);

    [Fact]
    public void With_Date_IsTheVersionsDate() =>
        ModelBook.BuiltIn.With("""{"date":"2027-01-02"}""", "mine.json").Version.ShouldStartWith("2027-01-02+");

    [Fact]
    public void With_Family_GivesUnknownNamesItsGroup() =>
        ModelBook.BuiltIn.With("""{"families":[{"prefix":"gpt-image-3","family":"gpt-image","limits_group":"third"}]}""", "mine.json").Find("gpt-image-3-x").LimitsGroup.ShouldBe("third");

    [Theory]
    [InlineData("2026-04-20", "5")]
    [InlineData("2026-04-21", "5")]
    [InlineData("2026-12-31", "5")]
    [InlineData("2027-01-01", "4.5")]
    [InlineData("2027-06-30", "4.5")]
    [InlineData("2027-07-01", "3.0001")]
    [InlineData("2030-01-01", "3.0001")]
    public void PriceOn_SeveralPrices_TakesTheDays(string date, string inputText)
    {
        var book = ModelBook.BuiltIn.With(
            """
            {"models":[{"name":"gpt-image-2","prices":[
              {"effective_from":"2027-07-01","per_million":{"input_text":"3.0001","input_image":"8","output_image":"30"}},
              {"effective_from":"2026-04-21","per_million":{"input_text":"5","input_image":"8","output_image":"30"}},
              {"effective_from":"2027-01-01","per_million":{"input_text":"4.5","input_image":"8","output_image":"30"}}]}]}
            """,
            "mine.json");
        book.PriceOn("gpt-image-2", DateOnly.Parse(date), batch: false).ShouldBe(new TokenPrices(decimal.Parse(inputText), 8, null, 30));
    }

    [Theory]
    [InlineData("", "mine.json: $: is not valid JSON (line 1, byte 1): ")]
    [InlineData("{\"models\":[}", "mine.json: $: is not valid JSON (line 1, byte 12): ")]
    [InlineData("{\"date\":\"2026-01-01\",\"date\":\"2026-01-01\"}", "mine.json: $: is not valid JSON (line ")]
    [InlineData("[]", "mine.json: $: must be an object")]
    [InlineData("{\"model\":[]}", "mine.json: $.model: is not a property here; known are date, families, models")]
    [InlineData("{\"date\":\"soon\"}", "mine.json: $.date: must be a date such as \"2026-11-22\"")]
    [InlineData("{\"models\":{}}", "mine.json: $.models: must be an array")]
    [InlineData("{\"models\":[1]}", "mine.json: $.models[0]: must be an object")]
    [InlineData("{\"models\":[{}]}", "mine.json: $.models[0]: needs a name")]
    [InlineData("{\"models\":[{\"name\":\" \"}]}", "mine.json: $.models[0].name: must be a string that is not empty")]
    [InlineData("{\"models\":[{\"name\":\"a\"},{\"name\":\"a\"}]}", "mine.json: $.models[1].name: a is there twice")]
    [InlineData("{\"models\":[{\"name\":\"a\",\"pricing\":[]}]}", "mine.json: $.models[0].pricing: is not a property here; known are name, snapshots, aliases, family, limits_group, notes, form, max_images, max_prompt, batch, parameters, sizes, prices, output_tokens, output_text_tokens_worst, input_tokens, partial_image_tokens, shutdown, replacement")]
    [InlineData("{\"models\":[{\"name\":\"a\",\"aliases\":[\"gpt-image-2\"]}]}", "mine.json: $.models[0].aliases: the name gpt-image-2 is already taken by gpt-image-2")]
    [InlineData("{\"models\":[{\"name\":\"a\",\"form\":\"xml\"}]}", "mine.json: $.models[0].form: must be json or multipart")]
    [InlineData("{\"models\":[{\"name\":\"a\",\"max_images\":0}]}", "mine.json: $.models[0].max_images: must be a whole number of at least 1")]
    [InlineData("{\"models\":[{\"name\":\"a\",\"batch\":\"yes\"}]}", "mine.json: $.models[0].batch: must be true or false")]
    [InlineData("{\"models\":[{\"name\":\"a\",\"parameters\":{\"my size\":{\"typ\":1}}}]}", "mine.json: $.models[0].parameters[\"my size\"].typ: is not a property here; known are refused, type, values, min, max, default, needs_format, warnings")]
    [InlineData("{\"models\":[{\"name\":\"a\",\"parameters\":{\"n\":{\"type\":\"int\"}}}]}", "mine.json: $.models[0].parameters.n.type: must be string, integer or boolean")]
    [InlineData("{\"models\":[{\"name\":\"a\",\"parameters\":{\"n\":{\"min\":2,\"max\":1}}}]}", "mine.json: $.models[0].parameters.n: min is greater than max")]
    [InlineData("{\"models\":[{\"name\":\"a\",\"sizes\":{}}]}", "mine.json: $.models[0].sizes: needs listed or free")]
    [InlineData("{\"models\":[{\"name\":\"a\",\"sizes\":{\"free\":{\"multiple\":16}}}]}", "mine.json: $.models[0].sizes.free: needs max_ratio")]
    [InlineData("{\"models\":[{\"name\":\"a\",\"sizes\":{\"free\":{\"multiple\":16,\"max_ratio\":1,\"max_edge\":32,\"min_pixels\":4000,\"max_pixels\":5000}}}]}", "mine.json: $.models[0].sizes.free: allows no size at all")]
    [InlineData("{\"models\":[{\"name\":\"a\",\"output_tokens\":{\"square\":{}}}]}", "mine.json: $.models[0].output_tokens.square: must be named WIDTHxHEIGHT")]
    [InlineData("{\"models\":[{\"name\":\"a\",\"input_tokens\":{\"tile\":512}}]}", "mine.json: $.models[0].input_tokens: needs fit_edge")]
    [InlineData("{\"models\":[{\"name\":\"a\",\"shutdown\":\"2026-13-01\"}]}", "mine.json: $.models[0].shutdown: must be a date such as \"2026-11-22\"")]
    [InlineData("{\"models\":[{\"name\":\"a\",\"prices\":[{}]}]}", "mine.json: $.models[0].prices[0]: needs either per_million or per_image")]
    [InlineData("{\"families\":[{\"prefix\":\"a\"}]}", "mine.json: $.families[0]: needs family")]
    public void With_SomethingWrong_NamesFilePlaceAndReason(string json, string message)
    {
        var error = Should.Throw<ModelBookException>(() => ModelBook.BuiltIn.With(json, "mine.json"));
        error.Message.ShouldStartWith(message);
        error.Message.ShouldBe($"{error.File}: {error.Place}: {error.Reason}");
    }

    [Theory]
    [InlineData("5")]
    [InlineData("\"-1\"")]
    [InlineData("\"1e2\"")]
    [InlineData("\"1,5\"")]
    [InlineData("\"\"")]
    [InlineData("\"0.00001\"")]
    [InlineData("\"1000001\"")]
    public void With_PriceThatIsNoPlainDecimal_IsRefused(string price)
    {
        var json = $$$"""{"models":[{"name":"a","prices":[{"effective_from":"2026-01-01","per_million":{"input_text":{{{price}}},"input_image":"8","output_image":"30"}}]}]}""";
        Should.Throw<ModelBookException>(() => ModelBook.BuiltIn.With(json, "mine.json")).Message.ShouldBe(
            "mine.json: $.models[0].prices[0].per_million.input_text: must be a decimal in a string, such as \"2.5\", from 0 to 1000000, with at most 4 decimals");
    }

    [Fact]
    public void With_TwoPricesFromOneDay_IsRefused() =>
        Should.Throw<ModelBookException>(() => ModelBook.BuiltIn.With(
            $$$"""{"models":[{"name":"a","prices":[{"effective_from":"2026-01-01","per_million":{{{Tokens}}}},{"effective_from":"2026-01-01","per_million":{{{Tokens}}}}]}]}""", "mine.json"))
            .Message.ShouldBe("mine.json: $.models[0].prices[1]: there are two prices from 2026-01-01 on");

    [Fact]
    public void With_NoEffectiveDate_IsRefused() =>
        Should.Throw<ModelBookException>(() => ModelBook.BuiltIn.With($$$"""{"models":[{"name":"a","prices":[{"per_million":{{{Tokens}}}}]}]}""", "mine.json"))
            .Message.ShouldBe("mine.json: $.models[0].prices[0]: needs effective_from");

    [Fact]
    public void Parse_NoDate_IsRefused() => Should.Throw<ModelBookException>(() => ModelBook.Parse("{}", "whole.json")).Message.ShouldBe("whole.json: $: needs a date");
}
