using System.Text.RegularExpressions;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Tells refusals that are about the set-up (the route, the model, the form of the body) from those that are about an item. Servers have no common code for
/// them, so their words decide; what is in doubt is the item's, and the breaker (<see cref="Running.BreakerOptions"/>) catches it when it is everybody's.
/// </summary>
internal static partial class SetupFault
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    // A page is told by its beginning; what stands further in it isn't about us.
    private const int MostRead = 4000;

    /// <summary>Whether the address, a proxy in front of it, or the method is wrong: there is nobody there who edits images.</summary>
    public static bool IsWrongRoute(CallFailure failure) => failure.Status switch
    {
        404 or 410 or 415 => !IsAboutTheItem(failure),
        405 or 407 or 421 or 426 or 501 or 511 => true,
        400 => PlainOnTls().IsMatch(Said(failure)),
        _ => false,
    };

    /// <summary>Whether the model isn't there, told in other ways than by <c>model_not_found</c>.</summary>
    public static bool IsModelGone(CallFailure failure) => failure.Status is 400 or 404 or 422 && failure.Error.Message is not null
        && (UnknownModel().IsMatch(Said(failure))
            || failure.Status == 404 && (GoneModel().IsMatch(Said(failure)) || string.Equals(failure.Error.Param, "model", StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// Whether the server doesn't read this form of the body (JSON or multipart): it says so, or misses fields that every request of ours has. Nothing was
    /// looked at, and nothing billed.
    /// </summary>
    public static bool RefusesForm(CallFailure failure)
    {
        if (failure.Status is not (400 or 415 or 422)) return false;
        if (failure.Error.Code is { } code && FormCode().IsMatch(code)) return true;
        if (failure.Error is { Code: { } missing, Param: { } param } && MissingCode().IsMatch(missing) && EveryField().IsMatch(param)) return true;
        var said = Said(failure);
        return FormWords().IsMatch(said) || MissingField().IsMatch(said);
    }

    // Only the service's own JSON can be about an item; a page, or an empty answer, is about the address.
    private static bool IsAboutTheItem(CallFailure failure)
    {
        var error = failure.Error;
        if (error.Param is { } param && ItemWords().IsMatch(param) || error.Message is { } format && ImageFormat().IsMatch(format)) return true;
        if (error.Message is { } message && RouteWords().IsMatch(message) || error.Code is { } route && RouteWords().IsMatch(route)) return false;
        return error.Code is { } code && ItemWords().IsMatch(code) || error.Message is { } said && ItemWords().IsMatch(said);
    }

    private static string Said(CallFailure failure)
    {
        var said = failure.Error.Message ?? failure.Fallback;
        return said.Length <= MostRead ? said : said[..MostRead];
    }

    [GeneratedRegex("""invalid url|unrecognized request url|requested url|deployment|resource not found|\b(end-?point|route|path)\b|page not found|cannot (post|get)|/images/edits|method not allowed|not (supported|implemented|enabled)|(doesn't|does not) support""", Options)]
    private static partial Regex RouteWords();

    [GeneratedRegex("""(^|[^a-z])(file|image|mask|upload)s?([^a-z]|$)""", Options)]
    private static partial Regex ItemWords();

    [GeneratedRegex("""\bimage/[a-z]""", Options)]
    private static partial Regex ImageFormat();

    [GeneratedRegex("""\bmodel\b.{0,120}\b(not found|isn't available|not available|unknown)\b""", Options)]
    private static partial Regex GoneModel();

    [GeneratedRegex("""\bmodel\b.{0,120}\b(not exist|doesn't exist)\b|\b(invalid|unknown) model name\b""", Options)]
    private static partial Regex UnknownModel();

    [GeneratedRegex("""https? request\b.{0,30}\b(sent )?to (an )?https (port|server)""", Options)]
    private static partial Regex PlainOnTls();

    [GeneratedRegex("""^(unsupported|invalid)_(content|media)_?type$""", Options)]
    private static partial Regex FormCode();

    [GeneratedRegex("""^(missing|required|unknown)(_required)?(_(parameter|field|argument))?$""", Options)]
    private static partial Regex MissingCode();

    [GeneratedRegex("""^(body\.)?(images?|image\[\]|prompt)$""", Options)]
    private static partial Regex EveryField();

    [GeneratedRegex("""multipart|\bonly accepts?\b.{0,60}\bapplication/|(content-?type|media type)\W.{0,80}application/json|application/json.{0,80}(content-?type|media type)|could not parse the json body|(missing|no) boundary|expected uploadfile|valid dictionary or object""", Options | RegexOptions.Singleline)]
    private static partial Regex FormWords();

    [GeneratedRegex("""\bbody\.(images?|image\[\]|prompt): (field required|missing|extra )|\bfields? ['"`]?(images?|image\[\]|prompt)['"`]?( or ['"`]?[a-z_\[\]]+['"`]?)? (is|are) required|missing required (parameter|field|argument)s?:? ['"`]?(images?|image\[\]|prompt)['"`]?(\W|$)|(unknown|unrecognized|unexpected) (parameter|field|argument|key)s?:? ['"`]?images?['"`]?(\W|$)|^['"`]?(images?|prompt)['"`]? (is|are) (a )?required( (field|parameter|property))?\.?$""", Options)]
    private static partial Regex MissingField();
}
