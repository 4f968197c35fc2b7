"""Names for people and places that do not exist, in the proportions of a Texas town. Source: ours."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN_FEMALE = _words(
    "Abigail Alma Amara Ana Aisha Bao Beatriz Camila Carmen Chloe Daniela Divya Elena Elise Esther Fatima Gloria "
    "Grace Hannah Hye-jin Inés Irene Isabel Jasmine Josefina Julia Keisha Lan Layla Leah Lucía Mai Maria Marisol "
    "Mei Nadia Naomi Noor Olivia Paloma Priya Rebecca Rosa Ruth Sofía Tamar Teresa Valeria Victoria Ximena Yolanda Zoe"
)
GIVEN_MALE = _words(
    "Aaron Abel Adrián Ahmed Andrés Anil Arturo Benjamín Caleb Carlos Daniel David Diego Dmitri Eduardo Emilio Ethan "
    "Felipe Gabriel Guillermo Hiro Ibrahim Isaac Javier Jerome Joaquín José Juan Kenji Kwame Leonardo Liam Luis "
    "Malik Manuel Marcus Miguel Minh Nathan Omar Oscar Pablo Rafael Raj Ricardo Samuel Santiago Thomas Tuan Víctor "
    "William Yusuf"
)
FAMILY = _words(
    "Abbott Acosta Aguilar Ahmed Alvarez Baker Barrera Bennett Bui Cantú Cárdenas Castillo Chowdhury Clark Coleman "
    "Cortez Cruz Das Delgado Diallo Dominguez Edwards Escobar Esparza Fernandez Fischer Flores Foster Fuentes Gallegos "
    "Garza Gibson Goldberg Gonzales Green Guerrero Gupta Hall Hernandez Herrera Hughes Ibarra Iyer Jackson Jimenez "
    "Johnson Juárez Kelly Khan Kim King Koch Lara Le Lewis Lozano Luna Maldonado Martinez Mendez Meyer Miller "
    "Mohammed Molina Montoya Morales Murphy Muñoz Navarro Nguyen Nowak O’Brien Okafor Olivarez Ortega Owens Padilla "
    "Park Patel Peña Perez Pham Quintana Ramos Reddy Rios Rivera Robinson Rojas Romero Rosales Ruiz Salazar Sanchez "
    "Sandoval Santos Schmidt Sharma Silva Singh Smith Solis Sosa Soto Stewart Suarez Sullivan Tanaka Tejada Thompson "
    "Torres Tran Treviño Valdez Vargas Vasquez Vega Velasco Villarreal Vu Walker Washington Weber White Wilson Wong "
    "Wright Yamamoto Young Zamora Zhang"
)

#: Towns with their state and zone, small ones too: that is who this is for.
TOWNS = (
    ("Austin", "TX", "America/Chicago", "787"),
    ("San Antonio", "TX", "America/Chicago", "782"),
    ("El Paso", "TX", "America/Denver", "799"),
    ("Laredo", "TX", "America/Chicago", "780"),
    ("Alpine", "TX", "America/Chicago", "798"),
    ("Marfa", "TX", "America/Chicago", "798"),
    ("Del Rio", "TX", "America/Chicago", "788"),
    ("Lubbock", "TX", "America/Chicago", "794"),
    ("Las Cruces", "NM", "America/Denver", "880"),
    ("Silver City", "NM", "America/Denver", "880"),
    ("Lawton", "OK", "America/Chicago", "735"),
    ("Lake Charles", "LA", "America/Chicago", "706"),
)
STREETS = _words(
    "Cedar Oak Pecan Mesquite Juniper River Mission Congress Lamar Guadalupe Travis Live-Oak Bluebonnet Prairie "
    "Railroad Church Market Valley Sunset Willow"
)
CLINIC_WORDS = _words(
    "Cedar-Street Live-Oak Bluebonnet Rio-Grande Mesquite Prairie-View Mission Big-Bend Juniper Pecan-Grove "
    "Sunrise Cottonwood Hill-Country Riverbend Palo-Alto Twin-Creeks Agave Monarch Redbud Windmill"
)
