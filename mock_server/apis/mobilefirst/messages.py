"""Error messages in the languages of `locale`.

The messages with a number are the vendor's own translations (DevCenter, "Administration service messages"); the rest
are ours. A language that is not here is answered in English, which is the contract's.
"""

import re
from collections.abc import Mapping

_PARTS = re.compile(r"[-_.@]")

ENGLISH: Mapping[str, str] = {"RESOURCE_NOT_FOUND": "FWLSE3002E: The resource is not found."}
"""What behaviour itself has to say, in English."""

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "de": {
        "INVALID_PAYLOAD": "FWLSE3051E: Ungültige Nutzdaten. "
        "Überprüfen Sie, ob zusätzliche Nachrichten Details enthalten.",
        "INVALID_PARAMETERS": "FWLSE3053E: Ungültige Parameter. "
        "Überprüfen Sie, ob zusätzliche Nachrichten Details enthalten.",
        "UNAUTHENTICATED": "Benutzername und Kennwort sind erforderlich.",
        "WRONG_CREDENTIALS": "Der Benutzername oder das Kennwort ist falsch.",
        "FORBIDDEN": "Der Benutzer ist nicht berechtigt, diesen Service aufzurufen.",
        "RESOURCE_NOT_FOUND": "FWLSE3002E: Die Ressource wurde nicht gefunden.",
        "RUNTIME_NOT_FOUND": 'FWLSE3030E: Die Laufzeit "{runtime_name}" ist nicht in der MobileFirst-'
        "Verwaltungsdatenbank vorhanden. Möglicherweise ist die Datenbank beschädigt.",
        "APPLICATION_NOT_FOUND": 'FWLSE3034E: Die Anwendung "{application_name}" für die Laufzeit "{runtime_name}" ist '
        "nicht in der MobileFirst-Verwaltungsdatenbank vorhanden. Möglicherweise ist die Datenbank beschädigt.",
        "METHOD_NOT_ALLOWED": "Diese Methode ist unter diesem Pfad nicht zulässig.",
        "NOT_ACCEPTABLE": "Die Antwort ist JSON oder XML, und der Accept-Header lehnt beides ab.",
        "TOO_LARGE": "Die Nutzdaten sind zu groß.",
        "UNSUPPORTED_MEDIA_TYPE": "Die Nutzdaten müssen als application/json gesendet werden.",
        "INTERNAL_ERROR": "FWLSE3000E: Es wurde ein Serverfehler festgestellt.",
    },
    "es": {
        "INVALID_PAYLOAD": "FWLSE3051E: Carga útil no válida. "
        "Consulte los mensajes adicionales para obtener más detalles.",
        "INVALID_PARAMETERS": "FWLSE3053E: Parámetros no válidos. "
        "Consulte los mensajes adicionales para obtener más detalles.",
        "UNAUTHENTICATED": "Se necesitan un nombre de usuario y una contraseña.",
        "WRONG_CREDENTIALS": "El nombre de usuario o la contraseña no son correctos.",
        "FORBIDDEN": "El usuario no está autorizado para llamar a este servicio.",
        "RESOURCE_NOT_FOUND": "FWLSE3002E: No se ha encontrado el recurso.",
        "RUNTIME_NOT_FOUND": 'FWLSE3030E: El tiempo de ejecución "{runtime_name}" no existe en la base de datos de '
        "administración de MobileFirst. Es posible que la base de datos esté dañada.",
        "APPLICATION_NOT_FOUND": 'FWLSE3034E: La aplicación "{application_name}" para el tiempo de ejecución '
        '"{runtime_name}" no existe en la base de datos de administración de MobileFirst. '
        "Es posible que la base de datos esté dañada.",
        "METHOD_NOT_ALLOWED": "La ruta no admite este método.",
        "NOT_ACCEPTABLE": "La respuesta es JSON o XML, y la cabecera Accept rechaza ambos.",
        "TOO_LARGE": "La carga útil es demasiado grande.",
        "UNSUPPORTED_MEDIA_TYPE": "La carga útil debe enviarse como application/json.",
        "INTERNAL_ERROR": "FWLSE3000E: Se ha detectado un error del servidor.",
    },
    "fr": {
        "INVALID_PAYLOAD": "FWLSE3051E: Contenu non valide. "
        "Pour plus de détails, consultez les messages supplémentaires.",
        "INVALID_PARAMETERS": "FWLSE3053E: Paramètres non valides. "
        "Pour plus de détails, consultez les messages supplémentaires.",
        "UNAUTHENTICATED": "Un nom d'utilisateur et un mot de passe sont requis.",
        "WRONG_CREDENTIALS": "Le nom d'utilisateur ou le mot de passe est incorrect.",
        "FORBIDDEN": "L'utilisateur n'est pas autorisé à appeler ce service.",
        "RESOURCE_NOT_FOUND": "FWLSE3002E: La ressource est introuvable.",
        "RUNTIME_NOT_FOUND": "FWLSE3030E: L'environnement d'exécution \"{runtime_name}\" n'existe pas dans la base "
        "de données d'administration MobileFirst. La base de données est peut-être endommagée.",
        "APPLICATION_NOT_FOUND": "FWLSE3034E: L'application \"{application_name}\" de l'environnement d'exécution "
        "\"{runtime_name}\" n'existe pas dans la base de données d'administration MobileFirst. "
        "La base de données est peut-être endommagée.",
        "METHOD_NOT_ALLOWED": "Le chemin n'admet pas cette méthode.",
        "NOT_ACCEPTABLE": "La réponse est en JSON ou en XML, et l'en-tête Accept refuse les deux.",
        "TOO_LARGE": "Le contenu est trop volumineux.",
        "UNSUPPORTED_MEDIA_TYPE": "Le contenu doit être envoyé en application/json.",
        "INTERNAL_ERROR": "FWLSE3000E: Une erreur de serveur a été détectée.",
    },
    "pt": {
        "INVALID_PAYLOAD": "FWLSE3051E: Carga útil inválida. Consulte mensagens adicionais para obter detalhes.",
        "INVALID_PARAMETERS": "FWLSE3053E: Parâmetros inválidos. Consulte mensagens adicionais para obter detalhes.",
        "UNAUTHENTICATED": "São necessários um nome de usuário e uma senha.",
        "WRONG_CREDENTIALS": "O nome do usuário ou a senha está incorreto.",
        "FORBIDDEN": "O usuário não está autorizado a chamar este serviço.",
        "RESOURCE_NOT_FOUND": "FWLSE3002E: O recurso não foi localizado.",
        "RUNTIME_NOT_FOUND": 'FWLSE3030E: O tempo de execução "{runtime_name}" não existe no banco de dados de '
        "administração do MobileFirst. O banco de dados pode estar corrompido.",
        "APPLICATION_NOT_FOUND": 'FWLSE3034E: O aplicativo "{application_name}" para o tempo de execução '
        '"{runtime_name}" não existe no banco de dados de administração do MobileFirst. '
        "O banco de dados pode estar corrompido.",
        "METHOD_NOT_ALLOWED": "O caminho não aceita este método.",
        "NOT_ACCEPTABLE": "A resposta é JSON ou XML, e o cabeçalho Accept recusa ambos.",
        "TOO_LARGE": "A carga útil é grande demais.",
        "UNSUPPORTED_MEDIA_TYPE": "A carga útil deve ser enviada como application/json.",
        "INTERNAL_ERROR": "FWLSE3000E: Um erro do servidor foi detectado.",
    },
}


def _language(locale: str) -> str:
    return _PARTS.split(locale, maxsplit=1)[0].lower()


def translate(name: str, message: str, query: Mapping[str, list[str]]) -> str:
    """The message of the catalogue entry `name` in the language of the query's `locale`; else `message` itself."""
    if "locale" not in query:
        return message
    return MESSAGES.get(_language(query["locale"][0]), {}).get(name, message)


def message(name: str, locale: str) -> str:
    """What a transaction says went wrong, in the language of `locale`, else in English."""
    return MESSAGES.get(_language(locale), ENGLISH).get(name, ENGLISH[name])
