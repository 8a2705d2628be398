using System.Xml.Linq;
using Darkroom.Storage.Postgres;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Darkroom.Worker.Access;

/// <summary>Keeps what signs cookies in the database, so that a sign-in at one worker holds at all of them and outlives restarts.</summary>
internal sealed class DataKeyRepository(PostgresDataKeys keys) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() => [.. keys.Read().Select(XElement.Parse)];

    public void StoreElement(XElement element, string friendlyName) => keys.Add(friendlyName, element.ToString(SaveOptions.DisableFormatting));
}
